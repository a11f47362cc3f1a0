/// Text with one record a line: words separated by commas, semicolons, tabs or blanks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thimble {

struct CsvLine {
  int number = 0;  ///< from 1, for messages
  std::vector<std::string_view> words;
};

/// The lines with something on them, one after another; lines that begin with '#' are comments. The text must outlive the reader.
class CsvLines {
 public:
  explicit CsvLines(std::string_view text);
  std::optional<CsvLine> next();

 private:
  std::string_view rest_;
  int number_ = 0;
};

/// The number that the whole word is, or nothing; "nan" and "inf" are numbers that the caller must judge.
std::optional<double> number_in(std::string_view word);

/// Seconds since 1970 of "2013-07-04 00:00:00", "2013-07-04T00:00:00.25Z" or "2013-07-04", or nothing.
std::optional<double> date_in(std::string_view word);

}  // namespace thimble
