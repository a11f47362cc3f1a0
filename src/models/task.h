/// What a network is to learn.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace thimble {

/// One class of several; numbers; any of several classes at once; the input itself (whose error then tells what is unusual).
enum class Task : uint8_t { Classification, Regression, MultiLabel, Reconstruction };
std::span<const std::string_view> enum_names(Task);

/// Is an answer right or wrong? Of numbers it is only more or less near.
constexpr bool has_accuracy(Task task) { return task == Task::Classification || task == Task::MultiLabel; }

}  // namespace thimble
