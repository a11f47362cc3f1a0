/// A table that tells of files what neither their names nor their folders do: file,label[,group][,split].
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace thimble {

/// "train", "validation" or "test" for what people call them; empty for any other word.
std::string split_named(std::string_view word);

class FileLabels {
 public:
  struct Row {
    int line = 0;
    std::string label, group, split;
    bool used = false;
  };

  /// User errors tell the line of `name`.
  FileLabels(std::string_view text, std::string name);

  /// The row of the file at `path`, found by its path or by its name alone; a User error when there is none.
  Row& of(const std::string& path);
  /// A User error where a row's file was never asked for; `known` are the files there are.
  void check_all_used(std::span<const std::string> known) const;

 private:
  std::string name_;
  std::map<std::string, Row, std::less<>> rows_;
};

}  // namespace thimble
