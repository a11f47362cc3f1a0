#include "kernels/kernel.h"

#include <fmt/format.h>

#include <set>

#include "base/table.h"
#include "ops/ops.h"
#include "steps/step.h"

namespace thimble {
namespace {

struct KernelsRequest {
  std::string op;
  template <class V>
  void fields(V&& v) {
    v("op", op, "only the kernels of this op");
  }
};

void check_op(const std::string& op) {
  std::vector<std::string> names;
  for (const OpDef* known : all_ops()) names.emplace_back(known->name);
  if (std::find(names.begin(), names.end(), op) == names.end())
    throw Error(Blame::User, "there is no op '" + op + "'" + suggest(op, names), "`thimble ops` lists them");
}

StepResult run(const AttrBag& bag, Progress&) {
  const auto request = from_bag<KernelsRequest>(bag);
  if (!request.op.empty()) check_op(request.op);
  Table table({{"kernel"}, {"op"}, {"needs"}, {"in place"}, {"source, below runtime/", Align::Wrap}});
  Json::Array rows;
  for (const Kernel* kernel : all_kernels()) {
    if (!request.op.empty() && kernel->op != request.op) continue;
    table.row({Cell(kernel->name, Style::Accent), kernel->op, to_string(kernel->needs), kernel->in_place ? "yes" : "",
               kernel->alias ? Cell("no code: the bytes stay where they are", Style::Dim) : Cell(kernel->source)});
    Json row;
    row.set("name", kernel->name).set("op", kernel->op).set("needs", to_string(kernel->needs)).set("source", kernel->source);
    row.set("in_place", kernel->in_place).set("alias", kernel->alias);
    rows.push_back(std::move(row));
  }
  return {.text = table.text(), .json = rows};
}

}  // namespace

std::span<const Step> kernels_steps() {
  static const Step kRows[] = {
      {.name = "kernels",
       .summary = "the C functions that run ops on a device, and what each needs",
       .details = "For every layer the cheapest kernel that the board can run and that does not refuse the layer is chosen; "
                  "`thimble explain` tells that choice for a model.",
       .examples = "thimble kernels\n"
                   "thimble kernels conv2d    # only those of one op",
       .positional = {"op"},
       .fields = request_fields<KernelsRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
