/// The only thing Thimble throws, and the stack of activities that tells where it came from.
///
/// Ordinary alternatives are values (std::optional, a reason to refuse). An Error ends the command.
#pragma once

#include <cstddef>
#include <new>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thimble {

/// Whose turn it is to act. Decides the exit code and the tone of the message.
enum class Blame {
  User,         ///< the input or the command line can be mended
  Unsupported,  ///< a legal request that Thimble cannot serve
  Environment,  ///< a missing tool, a full disk, a file that cannot be read
  Bug           ///< ours
};

/// One failure: what was found (`what()`), what to do next (`hint`), and what was being done (`doing`, innermost first).
struct Error : std::runtime_error {
  Error(Blame blame, std::string what, std::string hint = "", std::source_location at = std::source_location::current());

  Blame blame;
  std::string hint;
  std::vector<std::string> doing;
  std::source_location at;
};

/// The whole message as users see it: "error: ...", its details, the hint, then one "while ..." line per activity.
std::string explain(const Error& error);

/// The process exit code for a blame: User 1, Unsupported 2, Environment 3, Bug 70.
int exit_code(Blame blame);

/// Names the activity while in scope: `Doing doing([&] { return "importing '" + path + "'"; });`
/// The text is only made when an Error is constructed inside the scope.
class Doing {
 public:
  template <class F>
  explicit Doing(F text) : text_(std::move(text)) {
    push(this);
  }
  ~Doing() { pop(); }
  Doing(const Doing&) = delete;
  Doing& operator=(const Doing&) = delete;

  /// The activities now in scope on this thread, innermost first.
  static std::vector<std::string> stack();

 private:
  struct TextBase {
    virtual ~TextBase() = default;
    virtual std::string operator()() const = 0;
  };
  template <class F>
  struct Text final : TextBase {
    explicit Text(F f) : f(std::move(f)) {}
    std::string operator()() const override { return f(); }
    F f;
  };
  class AnyText {
   public:
    template <class F>
    explicit AnyText(F f) {
      static_assert(sizeof(Text<F>) <= sizeof storage_, "capture less (by reference) in a Doing");
      new (storage_) Text<F>(std::move(f));
    }
    ~AnyText() { get().~TextBase(); }
    AnyText(const AnyText&) = delete;
    AnyText& operator=(const AnyText&) = delete;
    const TextBase& get() const { return *reinterpret_cast<const TextBase*>(storage_); }

   private:
    alignas(std::max_align_t) unsigned char storage_[64];
  };

  static void push(const Doing* doing);
  static void pop();

  AnyText text_;
};

/// Throws a Bug when `holds` is false: for what only our own mistake can break.
void require(bool holds, std::string_view what, std::source_location at = std::source_location::current());

}  // namespace thimble
