/// Vectors and texts of a verified FlatBuffer as spans; absent ones are empty. Only for tflite*.cc.
#pragma once

#include <tflite_generated.h>

#include <span>

namespace thimble::tflite {

template <class T>
std::span<const T> span_of(const flatbuffers::Vector<T>* vector) {
  return vector ? std::span<const T>(vector->data(), vector->size()) : std::span<const T>();
}

template <class T>
size_t size_of(const flatbuffers::Vector<T>* vector) {
  return vector ? vector->size() : 0;
}

/// Names longer than this are cut: they are for messages.
constexpr size_t kMaxName = 1024;

inline std::string_view text_of(const flatbuffers::String* string) {
  return string ? string->string_view().substr(0, kMaxName) : std::string_view();
}

}  // namespace thimble::tflite
