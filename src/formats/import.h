/// A model of another format becomes ours: every node through the op table, every fault told at once.
#pragma once

#include "base/files.h"
#include "formats/faults.h"
#include "ir/foreign.h"
#include "ir/graph.h"

namespace thimble {

/// One Value per foreign tensor, in the same order, so that a ValueId is the tensor's index in the file; the graph is verified. Nodes that
/// cannot be run join `faults`, which are then thrown as one Error.
Graph import_graph(const ForeignGraph& foreign, Faults faults = {});

/// Reads a model file; its contents tell the format.
Graph import_model(const fs::path& path);
/// The same from memory; `name` becomes the graph's name.
Graph import_bytes(std::span<const std::byte> file, std::string name);

}  // namespace thimble
