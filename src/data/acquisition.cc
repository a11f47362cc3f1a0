#include <fmt/format.h>

#include <cmath>

#include "base/json.h"
#include "base/sha256.h"
#include "data/readers.h"

namespace thimble {
namespace {

/// The member `key` of `object`, or a User error that tells where it should be.
const Json& member(const Json& object, std::string_view key, const std::string& name, std::string_view where) {
  const Json* found = object.find(key);
  if (!found)
    throw Error(Blame::User, fmt::format("'{}' has no '{}' in its {}", name, key, where),
                "is it in the acquisition format? payload: device_type, interval_ms, sensors, values");
  return *found;
}

Json document_of(std::span<const std::byte> contents, const std::string& name) {
  const bool text = !contents.empty() && (contents[0] == std::byte{'{'} || contents[0] == std::byte{' '} || contents[0] == std::byte{'\n'});
  const Doing doing([&] { return fmt::format("reading '{}'", name); });
  return text ? Json::parse({reinterpret_cast<const char*>(contents.data()), contents.size()}) : Json::parse_cbor(contents);
}

std::vector<Channel> channels_of(const Json& sensors, const std::string& name) {
  std::vector<Channel> channels;
  if (sensors.as_array())
    for (const Json& sensor : *sensors.as_array()) {
      const Json *called = sensor.find("name"), *unit = sensor.find("units");
      channels.push_back({called && called->as_string() ? *called->as_string() : fmt::format("ch{}", channels.size() + 1),
                          unit && unit->as_string() ? *unit->as_string() : ""});
    }
  if (channels.empty()) throw Error(Blame::User, fmt::format("'{}' tells no sensors", name));
  return channels;
}

void append(std::vector<float>& samples, const Json& value, const std::string& name, size_t row) {
  const double number = value.number(NAN);
  if (!std::isfinite(static_cast<float>(number)))
    throw Error(Blame::User, fmt::format("'{}' has a value that is not a number in sample {}", name, row + 1));
  samples.push_back(static_cast<float>(number));
}

/// The sender signs the document as it stands, with zeros where the signature will be.
void check_signature(const Json& document, std::span<const std::byte> contents, const std::string& name, const std::string& key) {
  const Json *head = document.find("protected"), *alg = head ? head->find("alg") : nullptr, *signature = document.find("signature");
  const std::string told = signature && signature->as_string() ? *signature->as_string() : "";
  if (!alg || !alg->as_string() || *alg->as_string() != "HS256" || told.empty())
    throw Error(Blame::User, fmt::format("'{}' is not signed (protected.alg = HS256, signature)", name), "read it without hmac_key");
  std::string text(reinterpret_cast<const char*>(contents.data()), contents.size());
  const size_t at = text.find(told);
  if (at != std::string::npos) text.replace(at, told.size(), told.size(), '0');
  if (hmac_sha256(key, text) != told)
    throw Error(Blame::User, fmt::format("the signature of '{}' is not that of its contents", name),
                "it was changed after it was recorded, or hmac_key is another");
}

}  // namespace

Recording parse_acquisition(std::span<const std::byte> contents, const std::string& name, const std::string& hmac_key) {
  const Json document = document_of(contents, name);
  if (!hmac_key.empty()) check_signature(document, contents, name, hmac_key);
  const Json& payload = member(document, "payload", name, "document");
  Recording recording{.name = name, .label = "", .group = "", .split = "", .file = name};
  const double interval = member(payload, "interval_ms", name, "payload").number();
  if (!(interval > 0) || !std::isfinite(1000 / interval))
    throw Error(Blame::User, fmt::format("'{}' has an interval_ms of {}", name, interval), "it must be above 0");
  recording.rate = 1000 / interval;
  recording.channels = channels_of(member(payload, "sensors", name, "payload"), name);
  if (const Json* device = payload.find("device_name"); device && device->as_string()) recording.group = *device->as_string();
  const Json::Array* values = member(payload, "values", name, "payload").as_array();
  if (!values || values->empty()) throw Error(Blame::User, fmt::format("'{}' holds no samples", name));
  for (size_t row = 0; row < values->size(); ++row) {
    const Json::Array* numbers = (*values)[row].as_array();
    if (!numbers && recording.channels.size() == 1) {
      append(recording.samples, (*values)[row], name, row);
      continue;
    }
    const size_t count = numbers ? numbers->size() : 1;
    if (!numbers || count != recording.channels.size())
      throw Error(Blame::User,
                  fmt::format("'{}' has {} values in sample {} and {} sensors", name, count, row + 1, recording.channels.size()));
    for (const Json& number : *numbers) append(recording.samples, number, name, row);
  }
  return recording;
}

}  // namespace thimble
