/// umask - the mode bits new files do not get.
/// Source: bash manual 4.1, umask; POSIX XCU umask.
#include <cstdio>

#include "shell/builtins/operands.h"

namespace nacre {
namespace {

std::string symbolic(Mode mask) {
  auto who = [&](char name, int shift) {
    uint32_t bits = ~mask >> shift;
    std::string out = std::string(1, name) + "=";
    if (bits & 4) out += 'r';
    if (bits & 2) out += 'w';
    if (bits & 1) out += 'x';
    return out;
  };
  return who('u', 6) + "," + who('g', 3) + "," + who('o', 0);
}

/// "u=rwx,g-w,o=": changes *mask. False: reported.
bool parse_symbolic(Shell& sh, const std::string& text, Mode* mask) {
  Mode allowed = ~*mask & 0777;
  size_t i = 0;
  while (true) {
    uint32_t who = 0;
    for (; i < text.size(); i++) {
      if (text[i] == 'u') who |= 0700;
      else if (text[i] == 'g') who |= 0070;
      else if (text[i] == 'o') who |= 0007;
      else if (text[i] == 'a') who |= 0777;
      else break;
    }
    if (!who) who = 0777;
    if (i >= text.size() || (text[i] != '+' && text[i] != '-' && text[i] != '=')) {
      sh.builtin_error("`" + (i < text.size() ? text.substr(i, 1) : std::string()) + "': invalid symbolic mode operator");
      return false;
    }
    char op = text[i++];
    uint32_t bits = 0;
    for (; i < text.size() && text[i] != ','; i++) {
      if (text[i] == 'r') bits |= 0444;
      else if (text[i] == 'w') bits |= 0222;
      else if (text[i] == 'x') bits |= 0111;
      else {
        sh.builtin_error("`" + text.substr(i, 1) + "': invalid symbolic mode character");
        return false;
      }
    }
    bits &= who;
    if (op == '+') allowed |= bits;
    else if (op == '-') allowed &= ~bits;
    else allowed = (allowed & ~who) | bits;
    if (i >= text.size()) break;
    i++;
  }
  *mask = ~allowed & 0777;
  return true;
}

int run_umask(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "Sp");
  bool letters = false, reusable = false;
  while (char c = options.next()) {
    if (c == '?') return 2;
    (c == 'S' ? letters : reusable) = true;
  }
  Mode mask = sh.process().umask();
  size_t at = options.index();
  if (at < args.size()) {
    const std::string& word = args[at];
    if (!word.empty() && word[0] >= '0' && word[0] <= '9') {
      uint32_t n = 0;
      bool good = word.size() < 10;
      for (char c : word) {
        good = good && c >= '0' && c <= '7';
        n = n * 8 + static_cast<uint32_t>(c - '0');
      }
      if (!good || n > 07777) {
        sh.builtin_error(word + ": octal number out of range");
        return 1;
      }
      mask = n & 0777;   // the bits above mean nothing here
    } else if (!parse_symbolic(sh, word, &mask)) {
      return 1;
    }
    sh.process().set_umask(mask);
    if (!letters) return 0;
    return sh.out(symbolic(mask) + "\n") ? 0 : 1;
  }
  char octal[8];
  std::snprintf(octal, sizeof octal, "%04o", mask);
  std::string out = reusable ? letters ? "umask -S " : "umask " : "";
  out += letters ? symbolic(mask) : std::string(octal);
  return sh.out(out + "\n") ? 0 : 1;
}

}  // namespace

Builtin umask_builtin() {
  return {"umask", run_umask, 0, "umask [-p] [-S] [mode]",
          "Shows or sets the permissions that new files do not get; MODE is octal, or symbolic as chmod's\n"
          "(then it names those they do get).\n  -S  show symbolically    -p  show as a command"};
}

}  // namespace nacre
