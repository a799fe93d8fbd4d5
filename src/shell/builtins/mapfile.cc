/// mapfile, readarray - read lines into an array.
/// Source: bash manual 4.2, mapfile.
#include "algo/quote.h"
#include "base/grow.h"
#include "shell/builtins/input_reader.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

struct Request {
  char delimiter = '\n';
  bool strip = false, keep = false;
  int64_t count = 0, origin = 0, skip = 0, quantum = 5000;
  int fd = 0;
  std::string callback, array = "MAPFILE";
};

bool parse_options(Shell& sh, BuiltinOptions& options, Request& r, int* status) {
  *status = 2;
  while (char c = options.next()) {
    const std::string& v = options.value();
    auto number = [&](int64_t* out, const char* what, int64_t least) {
      auto n = whole_number(v);
      if (n && *n >= least && *n <= INT32_MAX) return *out = *n, true;
      sh.builtin_error(v + ": " + what);
      *status = 1;
      return false;
    };
    int64_t fd = 0;
    switch (c) {
      case '?': return false;
      case 'd': r.delimiter = v.empty() ? '\0' : v[0]; break;
      case 't': r.strip = true; break;
      case 'n':
        if (!number(&r.count, "invalid line count", 0)) return false;
        break;
      case 's':
        if (!number(&r.skip, "invalid line count", 0)) return false;
        break;
      case 'c':
        if (!number(&r.quantum, "invalid callback quantum", 1)) return false;
        break;
      case 'O':
        if (!number(&r.origin, "invalid array origin", 0)) return false;
        r.keep = true;
        break;
      case 'u':
        if (!number(&fd, "invalid file descriptor specification", 0)) return false;
        r.fd = static_cast<int>(fd);
        if (!sh.process().file(r.fd)) {
          sh.builtin_error(v + ": invalid file descriptor: Bad file descriptor");
          *status = 1;
          return false;
        }
        break;
      case 'C': r.callback = v; break;
      default: break;
    }
  }
  return true;
}

/// False at the end of input with nothing read.
bool next_line(Shell& sh, InputReader& in, const Request& r, std::string& out) {
  out.clear();
  while (true) {
    char c = 0;
    switch (in.next(&c)) {
      case InputReader::Got::Byte: break;
      case InputReader::Got::Interrupted: continue;
      default: return !out.empty();
    }
    if (c == r.delimiter) {
      if (!r.strip) out += c;
      return true;
    }
    make_room(out, 1, [&] { sh.process().tick(64); });
    out += c;
    if ((out.size() & 1023) == 0) sh.process().tick(8);
  }
}

int fill(Shell& sh, const Request& r, Symbol s) {
  InputReader in(sh, r.fd);
  std::string line;
  for (int64_t i = 0; i < r.skip; i++) {
    if (!next_line(sh, in, r, line)) return 0;
  }
  for (int64_t n = 0; r.count == 0 || n < r.count; n++) {
    if (!next_line(sh, in, r, line)) break;
    sh.process().tick(1);
    int64_t index = r.origin + n;
    if (!r.callback.empty() && (n + 1) % r.quantum == 0) {
      std::string command = r.callback + " " + std::to_string(index) + " " + bash_single_quote(line, sh.expander().utf8());
      Flow flow = sh.run_text(command, sh.line());
      if (flow != Flow::Next) {
        sh.request(flow, sh.loop_count());
        return sh.status();
      }
    }
    // A value ends at a NUL byte, as a C string does.
    line.resize(std::min(line.size(), line.find('\0')));
    if (!sh.expander().assign_indexed(s, index, line, 0)) return 1;
  }
  return 0;
}

int run_mapfile(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "d:u:n:O:tC:c:s:");
  Request r;
  int status = 0;
  if (!parse_options(sh, options, r, &status)) return status;
  if (options.index() < args.size()) {
    r.array = args[options.index()];
    if (r.array.empty()) {
      sh.builtin_error("empty array variable name");
      return 2;
    }
    if (!is_name(r.array)) {
      invalid_identifier(sh, r.array);
      return 1;
    }
  }
  Symbol s = sh.symbols().intern(r.array);
  Symbol t = sh.vars().resolve(s);
  if (t != sym::kNone) s = t;
  if (!sh.expander().check_writable(s)) return 1;
  const Variable* old = sh.vars().find(s);
  if (old && old->has(kAssoc)) {
    sh.builtin_error(r.array + ": not an indexed array");
    return 1;
  }
  Variable& v = sh.vars().writable(s);
  if (!r.keep) {
    v.clear_value();
    v.indexed().clear();
  }
  (void)v.indexed();
  v.attrs |= kIndexed;
  return fill(sh, r, s);
}

constexpr char kHelp[] =
    "Reads lines into the elements of ARRAY (MAPFILE).\n"
    "  -d DELIM  ends a line    -t  leave the delimiter out    -n COUNT  at most so many lines (0: all)\n"
    "  -s COUNT  skip lines first    -O ORIGIN  begin at this index, keeping the array    -u FD  read from FD\n"
    "  -C COMMAND  run it with index and line as arguments after every QUANTUM lines    -c QUANTUM  (5000)";

}  // namespace

Builtin mapfile_builtin() {
  return {"mapfile", run_mapfile, 0, "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]", kHelp};
}
Builtin readarray_builtin() {
  return {"readarray", run_mapfile, 0, "readarray [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]", kHelp};
}

}  // namespace nacre
