/// more - display files; here their text goes straight through, as it does in more
/// when the output is no terminal.
/// Source: more(1) of util-linux 2.38; checked against the tool with its output in a pipe.
/// Differs: there are no pages on a terminal either; usage text is in our own words.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: more [OPTION]... [FILE]...\n"
    "Write FILEs, each below its name, or standard input to standard output.\n\n"
    "The options -d -f -l -c -p -e -s -u -n NUMBER, -NUMBER, +NUMBER and +/PATTERN are known, but\n"
    "change nothing, as is so whenever the output of more is no terminal.\n\n"
    "  -h, --help     display this help and exit\n"
    "  -V, --version  output version information and exit\n";

struct Options {
  bool ignored = false;
  std::string number;
};
constexpr Flag<Options> kFlags[] = {
    {'d', "silent", &Options::ignored},     {'f', "logical", &Options::ignored},     {'l', "no-pause", &Options::ignored},
    {'c', "print-over", &Options::ignored}, {'p', "clean-print", &Options::ignored}, {'e', "exit-on-eof", &Options::ignored},
    {'s', "squeeze", &Options::ignored},    {'u', "plain", &Options::ignored},       {'n', "lines", &Options::number},
};

int more_main(Process& p) {
  Options o;
  std::vector<std::string> files, argv;
  for (const auto& word : p.argv()) {
    bool number = word.size() > 1 && word[0] == '-' && word.find_first_not_of("0123456789", 1) == std::string::npos;
    if (argv.empty() || (!number && !(word.size() > 1 && word[0] == '+'))) argv.push_back(word == "-h" ? "--help" : word == "-V" ? "--version" : word);
  }
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, files)) return *status;
  Output out(p);
  auto copy = [&](Input& in) {
    for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
      out.write(block);
      in.consume(block.size());
    }
  };
  if (files.empty()) {
    if (p.isatty(0)) {
      p.warn("bad usage");
      return try_help(p);
    }
    Input in(p, 0, "-", false);
    copy(in);
  }
  for (const auto& file : files) {
    auto fd = p.open(file, kOpenRead);
    if (!fd) {
      out.flush();
      p.warn(fd.error(), "cannot open %s", file.c_str());
      continue;
    }
    Input in(p, *fd, file);
    if (auto st = p.fstat(*fd); st && st->is_dir()) {
      out.write("\n*** " + file + ": directory ***\n\n");
      continue;
    }
    out.write("::::::::::::::\n" + file + "\n::::::::::::::\n");
    copy(in);
  }
  return out.finish(0);
}

}  // namespace

Command more_command() { return {{"more"}, kUsage, more_main, MessageName::Short}; }

}  // namespace nacre
