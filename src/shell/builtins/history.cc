/// history - the list of commands entered.
/// Source: bash manual 9.2.
#include <cstdio>

#include "shell/builtins/operands.h"
#include "shell/builtins/time_text.h"

namespace nacre {

namespace {

int list(Shell& sh, size_t count) {
  const std::string* format = sh.expander().value_of(sym::kHISTTIMEFORMAT);
  std::string out;
  const History& history = sh.history();
  size_t size = history.lines.size();
  for (size_t i = size > count ? size - count : 0; i < size; i++) {
    char number[32];
    std::snprintf(number, sizeof number, "%5zu  ", history.base + i);
    out += number;
    if (format) out += time_text(sh, *format, history.times[i]);
    out += history.lines[i] + "\n";
  }
  return sh.out(out) ? 0 : 1;
}

int out_of_range(Shell& sh, const std::string& word) {
  sh.builtin_error(word + ": history position out of range");
  return 1;
}

/// A position as the user counts, or from the end if negative. nullopt: none.
std::optional<size_t> position(Shell& sh, const std::string& word) {
  auto n = whole_number(word);
  if (!n) return std::nullopt;
  const History& history = sh.history();
  int64_t i = *n < 0 ? static_cast<int64_t>(history.lines.size()) + *n : *n - static_cast<int64_t>(history.base);
  if (i < 0 || static_cast<size_t>(i) >= history.lines.size()) return std::nullopt;
  return static_cast<size_t>(i);
}

int remove(Shell& sh, const std::string& word) {
  size_t dash = word.find('-', 1);
  std::string first = word.substr(0, dash), last = dash == word.npos ? first : word.substr(dash + 1);
  auto a = position(sh, first), b = position(sh, last);
  if (!a || !b || *b < *a) return out_of_range(sh, !a ? first : last);
  sh.writable_history().take_back(*a, *b - *a + 1);
  return 0;
}

std::string joined(const Args& args, size_t at) {
  std::string text;
  for (size_t i = at; i < args.size(); i++) text += (i > at ? " " : "") + args[i];
  return text;
}

int print_expansions(Shell& sh, const Args& args, size_t at) {
  if (!sh.forget_line()) return 1;
  History& history = sh.writable_history();
  std::string out;
  int status = 0;
  for (size_t i = at; i < args.size(); i++) {
    std::string text;
    auto outcome = history.expander.expand(args[i], history.lines, history.base, sh.options()[Option::ExtGlob], &text);
    if (outcome != HistoryExpander::Outcome::Error) {
      out += text + "\n";
      continue;
    }
    sh.builtin_error(args[i] + ": history expansion failed");
    status = 1;
  }
  return sh.out(out) ? status : 1;
}

int use_file(Shell& sh, char what, const Args& args, size_t at) {
  std::string path;
  if (at < args.size()) {
    path = args[at];
  } else {
    const std::string* file = sh.expander().value_of(sym::kHISTFILE);
    if (!file || file->empty()) return 1;
    path = *file;
  }
  bool reads = what == 'r' || what == 'n';
  Errno e = reads ? read_history(sh, path, what == 'n') : write_history(sh, path, what == 'a');
  if (e == Errno::OK) return 0;
  sh.builtin_error(path + (reads ? ": cannot read history file: " : ": cannot create: ") + std::string(message(e)));
  return 1;
}

int run_history(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "acd:npsrw");
  bool clear = false, print = false, store = false;
  std::string file, offset;
  bool has_offset = false;
  while (char c = options.next()) {
    switch (c) {
      case '?': return 2;
      case 'c': clear = true; break;
      case 'd': offset = options.value(), has_offset = true; break;
      case 'p': print = true; break;
      case 's': store = true; break;
      default: file += c;
    }
  }
  size_t at = options.index();
  if (file.size() > 1) {
    sh.builtin_error("cannot use more than one of -anrw");
    return 1;
  }
  if (clear) {
    History& history = sh.writable_history();
    history.remove(0, history.lines.size());
    history.base = 1;
    history.unsaved = 0;
    if (at >= args.size()) return 0;
  }
  if (store) {
    if (at >= args.size()) return 0;
    if (!sh.forget_line()) return 0;
    (void)remember_command(sh, joined(args, at));
    return 0;
  }
  if (print) return print_expansions(sh, args, at);
  if (has_offset) return remove(sh, offset);
  if (!file.empty()) return use_file(sh, file[0], args, at);
  if (clear) return 0;
  size_t count = sh.history().lines.size();
  if (at < args.size()) {
    auto n = whole_number(args[at]);
    if (!n) {
      need_number(sh, args[at]);
      return 1;
    }
    if (at + 1 < args.size()) {
      too_many_arguments(sh);
      sh.request_top_level();
      return 1;
    }
    count = static_cast<size_t>(std::abs(*n));
  }
  return list(sh, count);
}

}  // namespace

Builtin history_builtin() {
  return {"history", run_history, 0, "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
          "Lists the commands entered, or the last N.\n"
          "  -c  forget them    -d OFFSET, -d FIRST-LAST  forget these    -s  remember ARGS as one command\n"
          "  -p  print ARGS with history expansion    -w  write to the file ($HISTFILE)    -a  append what is new\n"
          "  -r  read the file    -n  read its new lines"};
}

}  // namespace nacre
