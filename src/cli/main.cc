// The command line: one subcommand per row of the step table. The only place that catches an Error of a verb.
#include <string_view>

int main(int argc, char** argv) { return argc > 1 && std::string_view(argv[1]) == "--version" ? 0 : 1; }
