#include "codegen/constants.h"

#include <fmt/format.h>

#include "codegen/c_text.h"

namespace thimble {

std::string ConstantPool::add(const Constant& constant, int layer, bool flash) {
  std::string key = fmt::format("{}/{}/{}/", static_cast<int>(constant.dtype), constant.align, flash);
  key.append(reinterpret_cast<const char*>(constant.bytes.data()), constant.bytes.size());
  const auto [it, fresh] = names_.emplace(std::move(key), "");
  if (!fresh) return it->second;
  it->second = fmt::format("{}_{:02}_{}", prefix_, layer, c_identifier(constant.name));
  bytes_ += static_cast<int64_t>(constant.bytes.size());
  text_ += fmt::format("{} {} {}[{}]{} = {};\n", flash ? "THIMBLE_CONST" : "static const", c_type(constant.dtype), it->second,
                       constant.bytes.size() / static_cast<size_t>(bytes_of(constant.dtype)),
                       constant.align > 0 ? fmt::format(" __attribute__((aligned({})))", constant.align) : "",
                       c_array(constant.dtype, constant.bytes));
  return it->second;
}

}  // namespace thimble
