/// fc - list, edit and run commands again.
/// Source: bash manual 9.2; POSIX XCU fc.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

struct Request {
  bool list = false, plain = false, reverse = false, again = false;
  std::string editor;
};

/// Index of "3", "-2" or "text"; nullopt after it was reported.
std::optional<size_t> find(Shell& sh, const std::string& word, size_t size) {
  if (auto n = whole_number(word)) {
    int64_t i = *n < 0 ? static_cast<int64_t>(size) + *n : *n == 0 ? static_cast<int64_t>(size) - 1 : *n - static_cast<int64_t>(sh.history().base);
    // Too far is as far as it goes.
    i = std::max<int64_t>(0, std::min(i, static_cast<int64_t>(size) - 1));
    return static_cast<size_t>(i);
  }
  for (size_t i = size; i-- > 0;)
    if (sh.history().lines[i].starts_with(word)) return i;
  sh.builtin_error("no command found");
  return std::nullopt;
}

/// What came before the fc command itself.
size_t usable(Shell& sh) {
  size_t size = sh.history().lines.size();
  return sh.line_remembered() && size > 0 ? size - 1 : size;
}

int list(Shell& sh, const Request& r, size_t first, size_t last) {
  std::string out;
  bool down = first > last;
  bool reverse = r.reverse != down;
  size_t low = std::min(first, last), high = std::max(first, last);
  for (size_t k = 0; k <= high - low; k++) {
    size_t i = reverse ? high - k : low + k;
    out += (r.plain ? "" : std::to_string(sh.history().base + i)) + "\t " + sh.history().lines[i] + "\n";
  }
  return sh.out(out) ? 0 : 1;
}

int run_again(Shell& sh, const std::string& command) {
  (void)sh.process().write(2, command + "\n");
  if (sh.options()[Option::History]) {
    // The fc command gives way to what it runs.
    (void)sh.forget_line();
    sh.set_line_remembered(remember_command(sh, command));
  }
  Flow flow = sh.run_text(command, sh.line());
  sh.request(flow, sh.loop_count());
  return sh.status();
}

/// fc -s [PATTERN=TEXT]... [COMMAND]
int substitute(Shell& sh, const Args& args, size_t at) {
  std::vector<std::pair<std::string, std::string>> changes;
  for (; at < args.size(); at++) {
    size_t eq = args[at].find('=');
    if (eq == std::string::npos) break;
    changes.emplace_back(args[at].substr(0, eq), args[at].substr(eq + 1));
  }
  size_t size = usable(sh);
  if (size == 0) {
    sh.builtin_error("no command found");
    return 1;
  }
  std::optional<size_t> i = at < args.size() ? find(sh, args[at], size) : size - 1;
  if (!i) return 1;
  std::string command = sh.history().lines[*i];
  for (const auto& [from, to] : changes) {
    for (size_t k = 0; !from.empty() && (k = command.find(from, k)) != command.npos; k += to.size()) command.replace(k, from.size(), to);
  }
  return run_again(sh, command);
}

/// Writes the commands to a file, lets the editor at it, runs what is there then.
int edit(Shell& sh, const Request& r, size_t first, size_t last) {
  Process& p = sh.process();
  const std::string* tmp = sh.expander().value_of(sym::kTMPDIR);
  std::string path = (tmp ? *tmp : "/tmp") + "/bash-fc." + std::to_string(p.pid());
  std::string text;
  bool reverse = r.reverse != (first > last);
  size_t low = std::min(first, last), high = std::max(first, last);
  for (size_t k = 0; k <= high - low; k++) text += sh.history().lines[reverse ? high - k : low + k] + "\n";
  auto fd = p.open(path, kOpenWrite | kOpenCreate | kOpenExclusive, 0600);
  if (!fd) {
    sh.builtin_error(path + ": cannot open temp file: " + std::string(message(fd.error())));
    return 1;
  }
  (void)p.write(*fd, text);
  (void)p.close(*fd);
  Flow flow = sh.run_text(r.editor + " " + path, sh.line());
  int status = sh.status();
  if (flow == Flow::Next && status == 0) {
    flow = sh.run_file(path, nullptr);
    status = sh.status();
  }
  (void)p.unlink(path);
  if (flow != Flow::Next) sh.request(flow, sh.loop_count());
  return status;
}

std::string default_editor(Shell& sh) {
  for (Symbol s : {sym::kFCEDIT, sym::kEDITOR}) {
    const std::string* v = sh.expander().value_of(s);
    if (v && !v->empty()) return *v;
  }
  return "ed";
}

int run_fc(Shell& sh, Args& args) {
  Request r;
  // -3 is an operand here, not an option: options are taken one word at a time.
  size_t at = 1;
  for (; at < args.size(); at++) {
    const std::string& a = args[at];
    if (a == "--") {
      at++;
      break;
    }
    if (a.size() < 2 || a[0] != '-' || (a[1] >= '0' && a[1] <= '9')) break;
    if (a == "--help") return sh.print_help(), 2;
    bool over = false;
    for (size_t k = 1; k < a.size() && !over; k++) {
      switch (a[k]) {
        case 'l': r.list = true; break;
        case 'n': r.plain = true; break;
        case 'r': r.reverse = true; break;
        case 's': r.again = true; break;
        case 'e':
          over = true;
          if (k + 1 < a.size()) r.editor = a.substr(k + 1);
          else if (at + 1 < args.size()) r.editor = args[++at];
          else {
            sh.builtin_error("-e: option requires an argument");
            return sh.usage();
          }
          break;
        default: return sh.invalid_option(a[k]);
      }
    }
  }
  if (r.again || r.editor == "-") return substitute(sh, args, at);
  size_t size = usable(sh);
  if (size == 0) return 0;
  size_t first = r.list && size > 16 ? size - 16 : r.list ? 0 : size - 1, last = size - 1;
  if (at < args.size()) {
    auto a = find(sh, args[at], size);
    if (!a) return 1;
    first = *a;
    if (at + 1 < args.size()) {
      auto b = find(sh, args[at + 1], size);
      if (!b) return 1;
      last = *b;
    } else if (!r.list) {
      last = first;
    }
  }
  if (r.list) return list(sh, r, first, last);
  if (r.editor.empty()) r.editor = default_editor(sh);
  return edit(sh, r, first, last);
}

}  // namespace

Builtin fc_builtin() {
  return {"fc", run_fc, 0, "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
          "Lists commands of the history, or edits and runs them again.\n"
          "  -l  list    -n  without numbers    -r  newest first    -e EDITOR  edit with it ($FCEDIT, $EDITOR)\n"
          "  -s  run COMMAND again at once, PAT replaced by REP"};
}

}  // namespace nacre
