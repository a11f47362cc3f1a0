// The records of TensorBoard: each a length, its checksum, the bytes, their checksum; the bytes are a protobuf message `Event`
// (wall_time = 1, step = 2, file_version = 3, summary = 5), whose summary holds values (value = 1: tag = 1, simple_value = 2).
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>

#include "runs/export.h"

namespace thimble {
namespace {

template <class T>
std::string little_endian(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// CRC-32C (Castagnoli), reflected.
uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0u);
  }
  return ~crc;
}

/// A checksum stored beside what it covers is rotated and shifted, so that a checksum of checksums stays one.
std::string masked_crc(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return little_endian((crc >> 15 | crc << 17) + 0xA282EAD8u);
}

std::string record(const std::string& bytes) {
  const std::string length = little_endian(static_cast<uint64_t>(bytes.size()));
  return length + masked_crc(length) + bytes + masked_crc(bytes);
}

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

enum Wire { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
std::string field(int number, Wire wire, const std::string& payload) {
  return varint(static_cast<uint64_t>(number) << 3 | wire) + (wire == kBytes ? varint(payload.size()) : "") + payload;
}

std::string event(double time, int64_t step, const std::string& rest) {
  // A number that is 0 is left out, as everywhere in protobuf.
  const std::string number = step == 0 ? "" : field(2, kVarint, varint(static_cast<uint64_t>(step)));
  return record(field(1, kFixed64, little_endian(time)) + number + rest);
}

std::string scalar(const std::string& name, double value) {
  return field(5, kBytes, field(1, kBytes, field(1, kBytes, name) + field(2, kFixed32, little_endian(static_cast<float>(value)))));
}

double seconds_of(const std::string& utc) {
  std::tm tm{};
  return strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &tm) ? static_cast<double>(timegm(&tm)) : 0;
}

}  // namespace

std::string tensorboard_events(const Run& run) {
  int64_t last = 0;
  for (const Metric& metric : run.metrics) last = std::max(last, metric.epoch);
  const double began = seconds_of(run.began);
  std::string file = event(began, 0, field(3, kBytes, "brain.Event:2"));
  for (const Metric& metric : run.metrics) {
    const int64_t step = metric.epoch == Metric::kWhole ? last : metric.epoch;
    // Epochs are told without their time: the run's is spread evenly over them.
    const double time = began + (last > 0 ? run.seconds * static_cast<double>(step) / static_cast<double>(last) : run.seconds);
    file += event(time, step, scalar((metric.epoch == Metric::kWhole ? "run/" : "epoch/") + metric.name, metric.value));
  }
  return file;
}

}  // namespace thimble
