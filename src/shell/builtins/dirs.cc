/// dirs, pushd, popd - the directory stack.
/// Source: bash manual 6.8.
#include <algorithm>
#include <cstdio>

#include "shell/builtins/change_dir.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

/// Top first: the working directory, then what was pushed.
std::vector<std::string> stack(Shell& sh) {
  std::vector<std::string> out{working_directory(sh)};
  const auto& rest = *sh.state().dir_stack;
  out.insert(out.end(), rest.rbegin(), rest.rend());
  return out;
}

/// Everything but the working directory, top first.
void set_stack(Shell& sh, std::vector<std::string> rest) {
  std::reverse(rest.begin(), rest.end());
  sh.state().dir_stack.write() = std::move(rest);
}

std::string with_tilde(Shell& sh, const std::string& dir) {
  const std::string* home = sh.expander().value_of(sym::kHOME);
  if (!home || home->empty() || *home == "/" || !dir.starts_with(*home)) return dir;
  if (dir.size() == home->size()) return "~";
  return dir[home->size()] == '/' ? "~" + dir.substr(home->size()) : dir;
}

enum class Position : uint8_t { None, Valid, OutOfRange, NotNumber };

/// +N from the top, -N from the bottom.
Position position(const std::string& word, size_t size, size_t* out) {
  if (word.empty() || (word[0] != '+' && word[0] != '-')) return Position::None;
  std::string digits = word.substr(1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return Position::NotNumber;
  if (digits.size() > 6) return Position::OutOfRange;
  size_t n = static_cast<size_t>(std::stoul(digits));
  if (n >= size) return Position::OutOfRange;
  *out = word[0] == '+' ? n : size - 1 - n;
  return Position::Valid;
}

int invalid(Shell& sh, const std::string& word, const char* what) {
  sh.builtin_error(word + ": " + what);
  return sh.usage();
}

int out_of_range(Shell& sh, const std::string& word) {
  sh.builtin_error(sh.state().dir_stack->empty() ? "directory stack empty" : word + ": directory stack index out of range");
  return 1;
}

struct DirsOptions {
  bool clear = false, full = false, lines = false, numbered = false;
  std::optional<size_t> only;
};

int print_stack(Shell& sh, const DirsOptions& o) {
  std::vector<std::string> dirs = stack(sh);
  std::string out;
  for (size_t i = 0; i < dirs.size(); i++) {
    if (o.only && *o.only != i) continue;
    std::string dir = o.full ? dirs[i] : with_tilde(sh, dirs[i]);
    char number[32] = "";
    if (o.numbered) std::snprintf(number, sizeof number, "%2zu  ", i);
    if (!o.only && i > 0 && !o.lines && !o.numbered) out += ' ';
    out += number + dir;
    if (o.lines || o.numbered) out += '\n';
  }
  if (!o.lines && !o.numbered) out += '\n';
  return sh.out(out) ? 0 : 1;
}

int run_dirs(Shell& sh, Args& args) {
  DirsOptions o;
  for (size_t i = 1; i < args.size(); i++) {
    const std::string& a = args[i];
    if (a == "--") break;
    if (a == "--help") return sh.print_help(), 2;
    if (a == "-l") o.full = true;
    else if (a == "-c") o.clear = true;
    else if (a == "-v") o.numbered = true;
    else if (a == "-p") o.lines = true;
    else {
      size_t at = 0;
      switch (position(a, stack(sh).size(), &at)) {
        case Position::None: return invalid(sh, a, "invalid option");
        case Position::NotNumber: return invalid(sh, a, "invalid number");
        case Position::OutOfRange: return out_of_range(sh, a.substr(1));
        case Position::Valid: o.only = at; break;
      }
    }
  }
  if (o.clear) {
    set_stack(sh, {});
    return 0;
  }
  return print_stack(sh, o);
}

/// cd for the stack; on success `rest` becomes what is below.
int move(Shell& sh, const std::string& dir, std::vector<std::string> rest) {
  if (int status = go_to(sh, dir, sh.options()[Option::Physical])) return status;
  set_stack(sh, std::move(rest));
  return print_stack(sh, {});
}

int rotate(Shell& sh, const std::string& word, bool stay) {
  std::vector<std::string> dirs = stack(sh);
  size_t at = 0;
  switch (position(word, dirs.size(), &at)) {
    case Position::OutOfRange: return out_of_range(sh, word);
    case Position::Valid: break;
    default: return invalid(sh, word, "invalid number");
  }
  std::rotate(dirs.begin(), dirs.begin() + static_cast<ptrdiff_t>(at), dirs.end());
  std::string top = dirs[0];
  dirs.erase(dirs.begin());
  if (!stay) return move(sh, top, std::move(dirs));
  set_stack(sh, std::move(dirs));
  return 0;
}

int run_pushd(Shell& sh, Args& args) {
  size_t i = 1;
  bool stay = false, options_over = false;
  while (i < args.size() && !options_over) {
    if (args[i] == "--help") return sh.print_help(), 2;
    if (args[i] == "-n") stay = true;
    else if (args[i] == "--") options_over = true;
    else break;
    i++;
  }
  std::vector<std::string> dirs = stack(sh);
  std::vector<std::string> rest(dirs.begin() + 1, dirs.end());
  if (i >= args.size()) {
    if (rest.empty()) {
      sh.builtin_error("no other directory");
      return 1;
    }
    if (stay) {
      return 0;
    }
    std::string top = std::exchange(rest[0], dirs[0]);
    return move(sh, top, std::move(rest));
  }
  const std::string& word = args[i];
  if (!options_over && (word[0] == '+' || (word[0] == '-' && word.size() > 1))) return rotate(sh, word, stay);
  if (i + 1 < args.size()) {
    too_many_arguments(sh);
    return 1;
  }
  if (stay) {
    rest.insert(rest.begin(), word);
    set_stack(sh, std::move(rest));
    return print_stack(sh, {});
  }
  std::string target = word;
  if (word == "-") {
    const std::string* old = sh.expander().value_of(sym::kOLDPWD);
    if (!old) {
      sh.builtin_error("OLDPWD not set");
      return 1;
    }
    target = *old;
  }
  return move(sh, target, std::move(dirs));
}

int run_popd(Shell& sh, Args& args) {
  bool stay = false;
  std::string which;
  for (size_t i = 1; i < args.size(); i++) {
    const std::string& a = args[i];
    if (a == "--help") return sh.print_help(), 2;
    if (a == "--") break;
    if (a == "-n") {
      stay = true;
      continue;
    }
    size_t unused = 0;
    Position p = position(a, 1, &unused);
    if (p == Position::NotNumber) return invalid(sh, a, "invalid number");
    if (p == Position::None) return invalid(sh, a, "invalid argument");
    which = a;
  }
  std::vector<std::string> dirs = stack(sh);
  if (dirs.size() == 1) {
    sh.builtin_error("directory stack empty");
    return 1;
  }
  size_t at = 0;
  if (!which.empty() && position(which, dirs.size(), &at) != Position::Valid) return out_of_range(sh, which);
  std::vector<std::string> rest(dirs.begin() + 1, dirs.end());
  if (at == 0 && !stay) {
    std::string top = rest[0];
    rest.erase(rest.begin());
    return move(sh, top, std::move(rest));
  }
  rest.erase(rest.begin() + static_cast<ptrdiff_t>(at == 0 ? 0 : at - 1));
  set_stack(sh, std::move(rest));
  return print_stack(sh, {});
}

}  // namespace

Builtin dirs_builtin() {
  return {"dirs", run_dirs, 0, "dirs [-clpv] [+N] [-N]",
          "Prints the directory stack, the working directory first.\n"
          "  -c  empty it    -l  without ~    -p  one per line    -v  with positions\n"
          "  +N  the N-th from the left, counting from 0    -N  from the right"};
}
Builtin pushd_builtin() {
  return {"pushd", run_pushd, 0, "pushd [-n] [+N | -N | dir]",
          "Goes to DIR and puts the old directory on the stack; without DIR, exchanges the two on top.\n"
          "  +N, -N  rotate the stack until that entry is on top    -n  do not change directory"};
}
Builtin popd_builtin() {
  return {"popd", run_popd, 0, "popd [-n] [+N | -N]",
          "Takes the top off the directory stack and goes to the new one.\n"
          "  +N, -N  remove that entry instead    -n  do not change directory"};
}

}  // namespace nacre
