/// A float graph becomes one of int8 codes, by the conventions of TensorFlow Lite.
#pragma once

#include "compress/scales.h"
