/// The attributes of a node: any struct with `fields`, held by value.
#pragma once

#include <memory>
#include <utility>

#include "base/fields.h"

namespace thimble {

struct NoAttrs {
  template <class V>
  void fields(V&&) {}
};

/// A copyable box around an op's attribute struct. An op without attributes holds NoAttrs.
class Attrs {
 public:
  Attrs();
  template <class T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, Attrs>) Attrs(T value)
      : box_(std::make_shared<Box<T>>(std::move(value))) {}  // NOLINT(google-explicit-constructor)

  /// The struct; a Bug when it is of another type.
  template <class T>
  const T& as() const {
    const auto* box = dynamic_cast<const Box<T>*>(box_.get());
    require(box != nullptr, "attributes read as another type");
    return box->value;
  }

  /// True when nothing was said: a node of an op with attributes then gets the op's defaults.
  bool none() const { return dynamic_cast<const Box<NoAttrs>*>(box_.get()) != nullptr; }
  AttrBag bag() const { return box_->bag(); }
  std::vector<FieldInfo> fields() const { return box_->fields(); }
  /// A struct of the same type filled from `bag`; see from_bag for what is refused.
  Attrs with(const AttrBag& bag) const { return box_->with(bag); }
  bool operator==(const Attrs& other) const { return bag() == other.bag(); }

 private:
  struct BoxBase {
    virtual ~BoxBase() = default;
    virtual AttrBag bag() const = 0;
    virtual std::vector<FieldInfo> fields() const = 0;
    virtual Attrs with(const AttrBag&) const = 0;
  };
  template <class T>
  struct Box final : BoxBase {
    explicit Box(T v) : value(std::move(v)) {}
    AttrBag bag() const override { return to_bag(value); }
    std::vector<FieldInfo> fields() const override { return fields_of(value); }
    Attrs with(const AttrBag& b) const override { return Attrs(from_bag<T>(b)); }
    T value;
  };
  std::shared_ptr<const BoxBase> box_;  // immutable, so sharing is copying
};

inline Attrs::Attrs() : Attrs(NoAttrs{}) {}

}  // namespace thimble
