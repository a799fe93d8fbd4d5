/// bind - keys of the line editor.
/// The line editor belongs to the terminal outside the sandbox; the shell keeps
/// the table of what was bound, for scripts that ask for it.
/// Source: bash manual 4.2, bind.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

/// `"keys": what`. False: not of that form.
bool split(const std::string& text, std::string* keys, std::string* what) {
  size_t colon = text.npos;
  bool quoted = false;
  for (size_t i = 0; i < text.size() && colon == text.npos; i++) {
    if (text[i] == '\\') i++;
    else if (text[i] == '"') quoted = !quoted;
    else if (text[i] == ':' && !quoted) colon = i;
  }
  if (colon == text.npos) return false;
  *keys = text.substr(0, colon);
  size_t start = text.find_first_not_of(" \t", colon + 1);
  *what = start == text.npos ? "" : text.substr(start);
  return !keys->empty();
}

struct Request {
  bool list = false, commands = false;
  std::string query, unbind, remove, execute, file;
};

int print_bindings(Shell& sh, bool commands) {
  std::string out;
  for (const auto& [keys, what] : *sh.state().key_bindings) {
    bool command = what.starts_with('!');
    if (command == commands) out += keys + ": " + (command ? what.substr(1) : what) + "\n";
  }
  return sh.out(out) ? 0 : 1;
}

int refuse(Shell& sh, const std::string& why) {
  sh.builtin_error(why);
  return 1;
}

int query(Shell& sh, const std::string& name, bool remove) {
  std::vector<std::string> keys;
  for (const auto& [k, what] : *sh.state().key_bindings)
    if (what == name) keys.push_back(k);
  if (remove) {
    for (const std::string& k : keys) sh.state().key_bindings.write().erase(k);
    return 0;
  }
  if (keys.empty()) {
    return refuse(sh, "`" + name + "': unknown function name");
  }
  std::string out = name + " can be invoked via ";
  for (size_t i = 0; i < keys.size(); i++) out += (i ? ", " : "") + keys[i];
  return sh.out(out + ".\n") ? 0 : 1;
}

int run_bind(Shell& sh, Args& args) {
  if (!sh.state().interactive) sh.builtin_error("warning: line editing not enabled");
  BuiltinOptions options(sh, args, "lvpVPsSXf:q:u:m:r:x:");
  Request r;
  while (char c = options.next()) {
    const std::string& v = options.value();
    switch (c) {
      case '?': return 2;
      case 'q': r.query = v; break;
      case 'u': r.unbind = v; break;
      case 'r': r.remove = v; break;
      case 'x': r.execute = v; break;
      case 'f': r.file = v; break;
      case 'X': r.commands = true; break;
      case 'm':
        if (v != "emacs" && v != "emacs-standard" && v != "emacs-meta" && v != "emacs-ctlx" && v != "vi" && v != "vi-move" && v != "vi-command" &&
            v != "vi-insert") {
          sh.builtin_error("`" + v + "': invalid keymap name");
          return 1;
        }
        break;
      default: r.list = true;
    }
  }
  if (r.list || r.commands) return print_bindings(sh, r.commands);
  if (!r.file.empty() && !sh.process().access(r.file, kRead)) {
    sh.builtin_error(r.file + ": cannot read: No such file or directory");
    return 1;
  }
  if (!r.query.empty()) return query(sh, r.query, false);
  if (!r.unbind.empty()) return query(sh, r.unbind, true);
  if (!r.remove.empty()) sh.state().key_bindings.write().erase("\"" + r.remove + "\"");
  std::string keys, what;
  if (!r.execute.empty()) {
    const std::string& text = r.execute;
    const size_t quote = text.find_first_not_of(" \t");
    if (quote == text.npos || text[quote] != '"') return refuse(sh, text + ": first non-whitespace character is not `\"'");
    if (text.find('"', quote + 1) == text.npos) return refuse(sh, "no closing `\"' in " + text);
    if (!split(text, &keys, &what)) return refuse(sh, text + ": missing colon separator");
    sh.state().key_bindings.write()[keys] = "!" + what;
  }
  for (size_t i = options.index(); i < args.size(); i++) {
    if (split(args[i], &keys, &what)) sh.state().key_bindings.write()[keys] = what;
  }
  return 0;
}

}  // namespace

Builtin bind_builtin() {
  return {"bind", run_bind, 0,
          "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]",
          "Keeps the table of keys of the line editor.\n"
          "  -p -P -s -S -v -V -l  print what is bound    -X  print bound shell commands    -q NAME  keys of a function\n"
          "  -x KEYS:COMMAND  bind a shell command    -r KEYS, -u NAME  take bindings away    -m KEYMAP  -f FILE"};
}

}  // namespace nacre
