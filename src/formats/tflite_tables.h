/// Vectors and texts of a verified FlatBuffer as spans; absent ones are empty. Only for tflite*.cc.
#pragma once

#include <tflite_generated.h>

#include <span>
#include <string>

namespace thimble::tflite {

template <class T>
std::span<const T> span_of(const flatbuffers::Vector<T>* vector) {
  return vector ? std::span<const T>(vector->data(), vector->size()) : std::span<const T>();
}

template <class T>
size_t size_of(const flatbuffers::Vector<T>* vector) {
  return vector ? vector->size() : 0;
}

/// A name for messages: cut after 1024 bytes, and without characters that would steer a terminal.
inline std::string text_of(const flatbuffers::String* string) {
  constexpr size_t kLongest = 1024;
  std::string text(string ? string->string_view().substr(0, kLongest) : std::string_view());
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return text;
}

}  // namespace thimble::tflite
