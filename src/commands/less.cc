/// less - view files; here their text goes straight through, as it does in less when
/// the output is no terminal.
/// Source: less(1) 590, "OPTIONS"; checked against the tool with its output in a pipe.
/// Differs: there are no pages on a terminal either; usage text is in our own words.
#include <algorithm>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: less [OPTION]... [FILE]...\n"
    "Write FILEs (standard input) to standard output.\n\n"
    "The options of less are known (-N -S -R -F -X -i -s +N +/PATTERN and so on), but change\n"
    "nothing, as is so whenever the output of less is no terminal.\n\n"
    "  -?, --help     display this help and exit\n"
    "  -V, --version  output version information and exit\n";

// Options that take a value, with their long names.
struct Valued {
  char letter;
  std::string_view name;
};
constexpr Valued kValued[] = {{'b', "buffers"},         {'D', "color"},    {'h', "max-back-scroll"}, {'j', "jump-target"},
                              {'k', "lesskey-file"},    {'o', "log-file"}, {'O', "LOG-FILE"},        {'p', "pattern"},
                              {'P', "prompt"},          {'t', "tag"},      {'T', "tag-file"},        {'x', "tabs"},
                              {'y', "max-forw-scroll"}, {'z', "window"},   {'#', "shift"},           {'"', "quotes"}};
constexpr std::string_view kLetters = "aABcCdeEfFgGiIJKLmMnNqQrRsSuUwWX~";
constexpr std::string_view kNames[] = {"search-skip-screen",
                                       "SEARCH-SKIP-SCREEN",
                                       "auto-buffers",
                                       "clear-screen",
                                       "CLEAR-SCREEN",
                                       "dumb",
                                       "quit-at-eof",
                                       "QUIT-AT-EOF",
                                       "force",
                                       "quit-if-one-screen",
                                       "hilite-search",
                                       "HILITE-SEARCH",
                                       "ignore-case",
                                       "IGNORE-CASE",
                                       "status-column",
                                       "quit-on-intr",
                                       "no-lessopen",
                                       "long-prompt",
                                       "LONG-PROMPT",
                                       "line-numbers",
                                       "LINE-NUMBERS",
                                       "quiet",
                                       "silent",
                                       "QUIET",
                                       "SILENT",
                                       "raw-control-chars",
                                       "RAW-CONTROL-CHARS",
                                       "squeeze-blank-lines",
                                       "chop-long-lines",
                                       "underline-special",
                                       "UNDERLINE-SPECIAL",
                                       "hilite-unread",
                                       "HILITE-UNREAD",
                                       "no-init",
                                       "tilde",
                                       "no-keypad",
                                       "old-bot",
                                       "use-backslash",
                                       "use-color",
                                       "mouse",
                                       "MOUSE",
                                       "wordwrap",
                                       "save-marks",
                                       "incsearch",
                                       "no-histdups",
                                       "follow-name",
                                       "quit-if-one-screen",
                                       "redraw-on-quit",
                                       "file-size",
                                       "no-number-headers",
                                       "status-line"};
constexpr std::string_view kValuedNames[] = {"wheel-lines", "rscroll", "header", "line-num-width", "status-col-width", "intr", "exit-follow-on-close"};

class Args {
 public:
  explicit Args(Process& p) : p_(p) {}

  // A status when the command is over.
  std::optional<int> read(std::vector<std::string>& files) {
    const auto& argv = p_.argv();
    bool ended = false;
    for (at_ = 1; at_ < argv.size(); at_++) {
      const std::string& word = argv[at_];
      if (ended || word.size() < 2 || (word[0] != '-' && word[0] != '+')) files.push_back(word);
      else if (word == "--") ended = true;
      else if (word[0] == '+') continue;   // a command for the first screen
      else if (auto status = word[1] == '-' ? name(word.substr(2)) : letters(word)) return status;
    }
    return std::nullopt;
  }

 private:
  std::optional<int> unknown(const std::string& what) {
    write_error(p_, "There is no " + what + " option (\"less --help\" for help)\n");
    return std::nullopt;
  }
  bool value(const std::string& what) {
    if (++at_ < p_.argv().size()) return true;
    write_error(p_, "Value is required after " + what + "\n");
    return false;
  }
  int print(bool version) {
    if (version) return print_version(p_);
    Output out(p_);
    out.write(kUsage);
    return out.finish(0);
  }

  std::optional<int> letters(const std::string& word) {
    for (size_t i = 1; i < word.size(); i++) {
      char c = word[i];
      if (c == '-' || c == '+' || c == '$' || ascii_digit(c)) continue;
      if (c == '?' || c == 'V') return print(c == 'V');
      const Valued* found = nullptr;
      for (const auto& v : kValued)
        if (v.letter == c) found = &v;
      if (found) {
        if (i + 1 == word.size() && !value(std::string("-") + c + " (--" + std::string(found->name) + ")")) return 0;
        return std::nullopt;
      }
      if (kLetters.find(c) == std::string_view::npos) return unknown(std::string("-") + c);
    }
    return std::nullopt;
  }

  std::optional<int> name(const std::string& word) {
    size_t eq = word.find('=');
    std::string_view n = std::string_view(word).substr(0, eq);
    if (n == "help" || n == "version") return print(n == "version");
    auto begins = [&](std::string_view whole) { return whole.starts_with(n); };
    for (auto whole : kNames)
      if (begins(whole)) return std::nullopt;
    for (const auto& v : kValued) {
      if (!begins(v.name)) continue;
      if (eq == std::string::npos && !value(std::string("--") + std::string(v.name))) return 0;
      return std::nullopt;
    }
    for (auto whole : kValuedNames) {
      if (!begins(whole)) continue;
      if (eq == std::string::npos && !value("--" + std::string(whole))) return 0;
      return std::nullopt;
    }
    return unknown(std::string(n));
  }

  Process& p_;
  size_t at_ = 1;
};

int less_main(Process& p) {
  std::vector<std::string> files;
  if (auto status = Args(p).read(files)) return *status;
  if (files.empty()) files = {"-"};
  // A file that is named again is shown once.
  std::vector<std::string> once;
  for (const auto& file : files)
    if (std::find(once.begin(), once.end(), file) == once.end()) once.push_back(file);
  Output out(p);
  for (const auto& file : once) {
    auto fd = file == "-" ? Result<int>(0) : p.open(file, kOpenRead);
    auto st = fd ? p.fstat(*fd) : Result<Stat>(Errno::NOENT);
    // What is wrong is shown where the text would be.
    if (!fd || (st && st->is_dir())) {
      out.write(file + (fd ? " is a directory" : ": " + std::string(message(fd.error()))) + "\n");
      if (fd && *fd != 0) (void)p.close(*fd);
      continue;
    }
    Input in(p, *fd, file, *fd != 0);
    for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
      out.write(block);
      in.consume(block.size());
    }
  }
  return out.finish(0);
}

}  // namespace

Command less_command() { return {{"less"}, kUsage, less_main, MessageName::Short}; }

}  // namespace nacre
