// What expansion and builtins ask of the shell: messages, files, homes.
#include <algorithm>

#include "algo/quote.h"
#include "shell/scopes.h"
#include "shell/shell.h"

namespace nacre {

std::string Shell::prefix() const {
  if (state_.interactive && source_depth_ == 0) return state_.shell_name + ": ";
  // Inside a function or sourced file: the file that text is from.
  const std::string& name = state_.frames.empty() ? state_.shell_name : *state_.frames.back().source;
  return name + ": line " + std::to_string(line_) + ": ";
}

void Shell::error(const std::string& text) { (void)process_->write(2, prefix() + text + "\n"); }

bool Shell::report(const std::string& text) {
  error(text);
  return errexit_now();
}

void Shell::builtin_error(const std::string& text) { error((builtin_name_ ? std::string(builtin_name_) + ": " : "") + text); }

int Shell::usage() {
  const Builtin* b = builtin_name_ ? find_builtin(builtin_name_) : nullptr;
  if (b) (void)process_->write(2, std::string(b->name) + ": usage: " + b->synopsis + "\n");
  special_failed_ = true;
  return 2;
}

void Shell::print_help() {
  if (const Builtin* b = builtin_name_ ? find_builtin(builtin_name_) : nullptr) (void)out(help_text(*b));
}

int Shell::invalid_option(char c) {
  builtin_error(std::string("-") + c + ": invalid option");
  return usage();
}

std::string Shell::printable(const std::string& name) const {
  return needs_ansi_quote(name, expander_.utf8()) ? bash_ansi_quote(name, expander_.utf8()) : name;
}

bool Shell::out(std::string_view text) {
  if (text.empty()) return true;
  auto w = process_->write(1, text);
  if (w) return true;
  builtin_error("write error: " + std::string(message(w.error())));
  return false;
}

std::string Shell::home_of(std::string_view user, bool* found) {
  *found = true;
  if (user.empty()) {
    if (const std::string* home = expander_.value_of(sym::kHOME)) return *home;
    user = "agent";
  }
  if (user == "+") {
    if (const std::string* pwd = expander_.value_of(sym::kPWD)) return *pwd;
    *found = false;
    return "";
  }
  if (user == "-") {
    if (const std::string* old = expander_.value_of(sym::kOLDPWD)) return *old;
    *found = false;
    return "";
  }
  // ~N ~+N ~-N: the directory stack.
  std::string_view digits = user;
  char sign = digits[0] == '+' || digits[0] == '-' ? digits[0] : '+';
  if (digits[0] == '+' || digits[0] == '-') digits.remove_prefix(1);
  if (!digits.empty() && digits.size() < 6 && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    std::vector<std::string> stack;
    const std::string* pwd = expander_.value_of(sym::kPWD);
    stack.push_back(pwd ? *pwd : "");
    for (size_t i = state_.dir_stack->size(); i-- > 0;) stack.push_back((*state_.dir_stack)[i]);
    size_t n = static_cast<size_t>(std::stoi(std::string(digits)));
    if (n < stack.size()) return sign == '+' ? stack[n] : stack[stack.size() - 1 - n];
  }
  // /etc/passwd, as getpwnam reads it.
  auto fd = process_->open("/etc/passwd", kOpenRead);
  if (fd) {
    std::string text;
    char buffer[4096];
    while (true) {
      auto n = process_->read(*fd, buffer);
      if (!n || *n == 0) break;
      text.append(buffer, *n);
    }
    (void)process_->close(*fd);
    size_t at = 0;
    while (at < text.size()) {
      size_t end = std::min(text.find('\n', at), text.size());
      std::string line = text.substr(at, end - at);
      at = end + 1;
      if (!line.starts_with(std::string(user) + ":")) continue;
      std::vector<std::string> parts;
      size_t from = 0;
      while (true) {
        size_t colon = line.find(':', from);
        parts.push_back(line.substr(from, colon == line.npos ? colon : colon - from));
        if (colon == line.npos) break;
        from = colon + 1;
      }
      if (parts.size() > 5) return parts[5];
    }
  }
  *found = false;
  return "";
}

bool Shell::list_dir(const std::string& path, std::vector<DirItem>* out) {
  auto list = process_->list(path.empty() ? "." : path);
  if (!list) return false;
  out->reserve(list->size());
  for (DirEntry& e : *list) out->push_back({std::move(e.name), e.type == FileType::Directory || e.type == FileType::Symlink});
  return true;
}

bool Shell::path_exists(const std::string& path) { return process_->lstat(path).ok(); }

bool Shell::is_directory(const std::string& path, bool follow) {
  auto st = follow ? process_->stat(path.empty() ? "." : path) : process_->lstat(path);
  return st && st->is_dir();
}

void Shell::charge(size_t bytes) {
  // Values come and go, so what they hold is measured, each time enough has
  // been created since the last look.
  constexpr size_t kInterval = 16u << 20;
  created_ += bytes;
  if (created_ < kInterval) return;
  created_ = 0;
  check_memory(bytes);
}

void Shell::check_memory(size_t transient) { process_->check_memory(vars().memory() + transient); }

// ---------------------------------------------------------------- builtins

int Shell::call_builtin(const Builtin& b, Args& args) {
  Restore<const char*> outer(builtin_name_, std::exchange(builtin_name_, b.name));
  return b.run(*this, args);
}

const Builtin* Shell::builtin(std::string_view name) const { return enabled(find_builtin(name)); }

const Builtin* Shell::builtin(Symbol name) const {
  std::vector<uint8_t>& places = *builtin_places_;
  if (name >= places.size()) places.resize(state_.vars.symbols().size());
  uint8_t& place = places[name];
  if (!place) {
    const Builtin* b = find_builtin(state_.vars.symbols().name(name));
    place = static_cast<uint8_t>(b ? b - all_builtins().data() + 2 : 1);
  }
  return place == 1 ? nullptr : enabled(&all_builtins()[place - 2u]);
}

const Builtin* Shell::enabled(const Builtin* b) const {
  if (!b || state_.disabled->empty()) return b;
  size_t i = static_cast<size_t>(b - all_builtins().data());
  return i < state_.disabled->size() && (*state_.disabled)[i] ? nullptr : b;
}

bool Shell::is_keyword(std::string_view w) {
  constexpr std::string_view words[] = {"if", "then", "else", "elif",     "fi",   "case", "esac", "for", "select", "while", "until",
                                        "do", "done", "in",   "function", "time", "{",    "}",    "!",   "[[",     "]]",    "coproc"};
  return std::find(std::begin(words), std::end(words), w) != std::end(words);
}

char BuiltinOptions::next() {
  if (at_ == 0) {
    if (index_ >= args_.size()) return 0;
    const std::string& a = args_[index_];
    if (a.size() < 2 || (a[0] != '-' && !(plus_ && a[0] == '+'))) return 0;
    if (a == "--") {
      index_++;
      return 0;
    }
    if (a == "--help") {
      sh_.print_help();
      return '?';
    }
    is_plus_ = a[0] == '+';
    at_ = 1;
  }
  const std::string& a = args_[index_];
  char c = a[at_++];
  const char* found = c == ':' ? nullptr : std::char_traits<char>::find(spec_, std::char_traits<char>::length(spec_), c);
  bool last = at_ >= a.size();
  auto finish = [&] {
    if (at_ >= args_[index_].size()) {
      index_++;
      at_ = 0;
    }
  };
  if (!found) {
    if (is_plus_) {
      sh_.builtin_error(std::string("+") + c + ": invalid option");
      sh_.usage();
    } else {
      sh_.invalid_option(c);
    }
    return '?';
  }
  if (found[1] == ':') {
    if (!last) {
      value_ = a.substr(at_);
    } else if (index_ + 1 < args_.size()) {
      value_ = args_[++index_];
    } else {
      sh_.builtin_error(std::string("-") + c + ": option requires an argument");
      sh_.usage();
      return '?';
    }
    index_++;
    at_ = 0;
    return c;
  }
  finish();
  return c;
}

}  // namespace nacre
