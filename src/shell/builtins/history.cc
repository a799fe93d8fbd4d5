/// history - the list of commands entered.
/// Source: bash manual 9.2.
#include <algorithm>
#include <cstdio>

#include "shell/builtins/history_list.h"
#include "shell/builtins/operands.h"
#include "shell/builtins/time_text.h"

namespace nacre {

void add_history(Shell& sh, const std::string& line) {
  sh.history_.push_back(line);
  sh.history_times_.push_back(sh.process().now().sec);
}

void remove_history(Shell& sh, size_t first, size_t count) {
  auto cut = [&](auto& list) {
    if (first >= list.size()) return;
    list.erase(list.begin() + static_cast<ptrdiff_t>(first), list.begin() + static_cast<ptrdiff_t>(std::min(first + count, list.size())));
  };
  cut(sh.history_);
  cut(sh.history_times_);
}

void remember_line(Shell& sh, std::string line) {
  while (!line.empty() && line.back() == '\n') line.pop_back();
  if (line.empty() || !sh.options()[Option::History]) return;
  const std::string* control = sh.expander().value_of(sym::kHISTCONTROL);
  const std::string words = ":" + (control ? *control : "") + ":";
  auto says = [&](const char* word) { return words.find(std::string(":") + word + ":") != words.npos; };
  const bool both = says("ignoreboth");
  if ((both || says("ignorespace")) && line[0] == ' ') return;
  if ((both || says("ignoredups")) && !sh.history_.empty() && sh.history_.back() == line) return;
  if (says("erasedups")) {
    for (size_t i = sh.history_.size(); i-- > 0;) {
      if (sh.history_[i] == line) remove_history(sh, i, 1);
    }
  }
  add_history(sh, line);
}

namespace {

int list(Shell& sh, size_t count) {
  const std::string* format = sh.expander().value_of(sym::kHISTTIMEFORMAT);
  std::string out;
  size_t size = sh.history_.size();
  for (size_t i = size > count ? size - count : 0; i < size; i++) {
    char number[32];
    std::snprintf(number, sizeof number, "%5zu  ", sh.history_base_ + i);
    out += number;
    if (format && i < sh.history_times_.size()) out += time_text(sh, *format, sh.history_times_[i]);
    out += sh.history_[i] + "\n";
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
  int64_t i = *n < 0 ? static_cast<int64_t>(sh.history_.size()) + *n : *n - static_cast<int64_t>(sh.history_base_);
  if (i < 0 || static_cast<size_t>(i) >= sh.history_.size()) return std::nullopt;
  return static_cast<size_t>(i);
}

int remove(Shell& sh, const std::string& word) {
  size_t dash = word.find('-', 1);
  std::string first = word.substr(0, dash), last = dash == word.npos ? first : word.substr(dash + 1);
  auto a = position(sh, first), b = position(sh, last);
  if (!a || !b || *b < *a) return out_of_range(sh, !a ? first : last);
  remove_history(sh, *a, *b - *a + 1);
  return 0;
}

/// !! !N !-N !TEXT !?TEXT? inside a word. False: reported.
bool expand(Shell& sh, const std::string& word, std::string* out) {
  const auto& history = sh.history_;
  for (size_t i = 0; i < word.size(); i++) {
    if (word[i] == '\\' && i + 1 < word.size()) {
      *out += word[i++];
      *out += word[i];
      continue;
    }
    if (word[i] != '!' || i + 1 >= word.size() || word[i + 1] == ' ' || word[i + 1] == '=' || word[i + 1] == '(') {
      *out += word[i];
      continue;
    }
    i++;
    const std::string* found = nullptr;
    if (word[i] == '!') {
      if (!history.empty()) found = &history.back();
    } else {
      bool inside = word[i] == '?';
      size_t from = inside ? i + 1 : i;
      size_t end = from;
      while (end < word.size() && word[end] != ' ' && (inside ? word[end] != '?' : word[end] != ':')) end++;
      std::string event = word.substr(from, end - from);
      i = inside && end < word.size() ? end : end - 1;
      if (whole_number(event) && !inside) {
        if (auto at = position(sh, event)) found = &history[*at];
      } else {
        for (size_t k = history.size(); k-- > 0 && !found;) {
          if (inside ? history[k].find(event) != std::string::npos : history[k].starts_with(event)) found = &history[k];
        }
      }
    }
    if (!found) {
      sh.builtin_error(word + ": history expansion failed");
      return false;
    }
    *out += *found;
  }
  return true;
}

std::string joined(const Args& args, size_t at) {
  std::string text;
  for (size_t i = at; i < args.size(); i++) text += (i > at ? " " : "") + args[i];
  return text;
}

int print_expansions(Shell& sh, const Args& args, size_t at) {
  std::string out;
  int status = 0;
  for (size_t i = at; i < args.size(); i++) {
    std::string text;
    if (expand(sh, args[i], &text)) out += text + "\n";
    else status = 1;
  }
  return sh.out(out) ? status : 1;
}

int read_file(Shell& sh, const std::string& path, bool only_new) {
  Process& p = sh.process();
  auto fd = p.open(path, kOpenRead);
  if (!fd) {
    sh.builtin_error(path + ": cannot read history file: " + std::string(message(fd.error())));
    return 1;
  }
  std::string text;
  std::vector<char> block(65536);
  while (true) {
    auto n = p.read(*fd, block);
    if (!n || *n == 0) break;
    text.append(block.data(), *n);
    p.check_memory(text.size());
  }
  (void)p.close(*fd);
  size_t line = 0;
  for (size_t at = 0; at < text.size(); line++) {
    size_t end = std::min(text.find('\n', at), text.size());
    if (!only_new || line >= sh.state().history_read) add_history(sh, text.substr(at, end - at));
    at = end + 1;
  }
  sh.state().history_read = line;
  sh.state().history_saved = sh.history_.size();
  return 0;
}

int write_file(Shell& sh, const std::string& path, bool append) {
  Process& p = sh.process();
  auto fd = p.open(path, kOpenWrite | kOpenCreate | (append ? kOpenAppend : kOpenTruncate), 0600);
  if (!fd) {
    sh.builtin_error(path + ": cannot create: " + std::string(message(fd.error())));
    return 1;
  }
  std::string text;
  for (size_t i = append ? std::min(sh.state().history_saved, sh.history_.size()) : 0; i < sh.history_.size(); i++) text += sh.history_[i] + "\n";
  auto r = p.write(*fd, text);
  (void)p.close(*fd);
  sh.state().history_read = append ? sh.state().history_read + sh.history_.size() - std::min(sh.state().history_saved, sh.history_.size()) : sh.history_.size();
  sh.state().history_saved = sh.history_.size();
  return r ? 0 : 1;
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
  if (what == 'r' || what == 'n') return read_file(sh, path, what == 'n');
  return write_file(sh, path, what == 'a');
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
    remove_history(sh, 0, sh.history_.size());
    sh.state().history_saved = 0;
    if (at >= args.size()) return 0;
  }
  if (store) {
    if (at < args.size()) add_history(sh, joined(args, at));
    return 0;
  }
  if (print) return print_expansions(sh, args, at);
  if (has_offset) return remove(sh, offset);
  if (!file.empty()) return use_file(sh, file[0], args, at);
  if (clear) return 0;
  size_t count = sh.history_.size();
  if (at + 1 < args.size()) {
    too_many_arguments(sh);
    sh.request(Flow::Discard);
    return 1;
  }
  if (at < args.size()) {
    auto n = whole_number(args[at]);
    if (!n) {
      need_number(sh, args[at]);
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
