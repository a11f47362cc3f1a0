/// How text for people is laid out. The command line sets it once; everywhere else it is plain and 100 columns wide.
#pragma once

#include <string>
#include <string_view>

namespace thimble {

struct Terminal {
  bool colours = false;
  int width = 100;
  bool watched = false;  ///< a screen, not a file: tables leave columns out rather than run over its edge
};
Terminal& terminal();

enum class Style { Plain, Bold, Dim, Good, Bad, Warn, Accent };

/// `text` in that style, or as it is where colours are off.
std::string styled(Style style, std::string_view text);

/// Columns that UTF-8 `text` takes on the screen, escapes not counted.
int columns_of(std::string_view text);

/// `text` cut to `columns` by "…" in its middle.
std::string shortened(std::string_view text, int columns);

/// Words of `text` in lines of at most `columns`; a word longer than that stands alone.
std::string wrapped(std::string_view text, int columns, std::string_view indent = "");

}  // namespace thimble
