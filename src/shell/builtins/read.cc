/// read - read a line into variables.
/// Source: bash manual 4.2, read; POSIX XCU read.
#include <array>

#include "base/grow.h"
#include "base/utf8.h"
#include "shell/builtins/input_reader.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

struct Request {
  bool raw = false, silent = false, editing = false;
  char delimiter = '\n';
  std::optional<int64_t> count;    ///< -n, -N: characters
  bool exact = false;              ///< -N
  std::string prompt, initial, array;
  bool to_array = false;
  std::optional<Timespec> timeout;
  int fd = 0;
};

/// What was read, with a mark on every byte that a backslash protected.
struct Line {
  std::string text;
  std::string quoted;              ///< same length: 1 where protected
  void add(char c, bool protect) {
    text += c;
    quoted += static_cast<char>(protect);
  }
};

bool parse_options(Shell& sh, BuiltinOptions& options, Request& r, int* status) {
  *status = 2;
  while (char c = options.next()) {
    const std::string& v = options.value();
    auto number_error = [&](const char* what) {
      sh.builtin_error(v + ": " + what);
      *status = 1;
      return false;
    };
    switch (c) {
      case '?': return false;
      case 'r': r.raw = true; break;
      case 's': r.silent = true; break;
      case 'e': r.editing = true; break;
      case 'i': r.initial = v; break;
      case 'p': r.prompt = v; break;
      case 'a': r.to_array = true, r.array = v; break;
      case 'd': r.delimiter = v.empty() ? '\0' : v[0]; break;
      case 't':
        r.timeout = parse_seconds(v);
        if (!r.timeout) return number_error("invalid timeout specification");
        break;
      case 'n':
      case 'N': {
        auto n = small_number(v);
        if (!n) return number_error("invalid number");
        r.count = *n;
        r.exact = c == 'N';
        break;
      }
      case 'u': {
        auto n = small_number(v);
        if (!n) return number_error("invalid file descriptor specification");
        r.fd = *n;
        if (!sh.process().file(*n)) return number_error("invalid file descriptor: Bad file descriptor");
        break;
      }
      default: break;
    }
  }
  return true;
}

/// One read: bytes up to the delimiter, with backslashes seen to.
class LineReader {
 public:
  LineReader(Shell& sh, const Request& r) : sh_(sh), r_(r), in_(sh, r.fd) {
    if (r.timeout) in_.set_timeout(*r.timeout);
  }

  /// 0, 1 at the end of input, 142 when time ran out, 128 + signal.
  int run(Line& line) {
    if (r_.count && *r_.count == 0) return 0;
    bool escaped = false;
    while (true) {
      char c = 0;
      switch (in_.next(&c)) {
        case InputReader::Got::Byte: break;
        case InputReader::Got::End: return 1;
        case InputReader::Got::Timeout: return 128 + kSigALRM;
        case InputReader::Got::Interrupted: {
          if (int status = interrupted()) return status;
          continue;
        }
        case InputReader::Got::Error: sh_.builtin_error("read error: " + std::to_string(r_.fd) + ": " + std::string(message(in_.error()))); return 1;
      }
      if ((++bytes_ & 1023) == 0) sh_.process().tick(8);
      if (c == '\0' && r_.delimiter != '\0') continue;
      if (escaped) {
        escaped = false;
        // Backslash and newline together are nothing.
        if (c == '\n') continue;
        if (add(line, c, true)) return 0;
        continue;
      }
      if (c == '\\' && !r_.raw) {
        escaped = true;
        continue;
      }
      if (c == r_.delimiter && !r_.exact) return 0;
      if (add(line, c, false)) return 0;
    }
  }

 private:
  int interrupted() {
    if (sh_.options()[Option::Posix]) return 128 + kSigINT;
    // The trap runs, and reading goes on, unless it asks for something.
    Flow flow = sh_.run_pending_traps();
    if (flow == Flow::Next) return 0;
    sh_.request(flow, sh_.loop_count());
    return sh_.status() ? sh_.status() : 1;
  }

  /// True: as many characters as wanted.
  bool add(Line& line, char c, bool protect) {
    make_room(line.text, 1, [&] { sh_.charge(64); });
    make_room(line.quoted, 1, [&] { sh_.charge(64); });
    line.add(c, protect);
    if ((line.text.size() & 0xffff) == 0) sh_.charge(0x10000);
    if (!r_.count) return false;
    if (pending_ > 0) {
      pending_--;
    } else if (sh_.expander().utf8() && static_cast<unsigned char>(c) >= 0xc2) {
      unsigned char u = static_cast<unsigned char>(c);
      pending_ = u >= 0xf0 ? 3 : u >= 0xe0 ? 2 : 1;
    }
    if (pending_ == 0) characters_++;
    return characters_ >= *r_.count;
  }

  Shell& sh_;
  const Request& r_;
  InputReader in_;
  uint64_t bytes_ = 0;
  int64_t characters_ = 0;
  int pending_ = 0;    ///< bytes still missing of a character
};

/// Splits by IFS; protected bytes never separate.
class Splitter {
 public:
  Splitter(Shell& sh, const Line& line) : line_(line) {
    for (char c : sh.expander().ifs()) ifs_[static_cast<unsigned char>(c)] = true;
    end_ = line.text.size();
  }

  bool at_end() const { return at_ >= end_; }
  void skip_white() {
    while (at_ < end_ && white(at_)) at_++;
  }
  void drop_trailing_white() {
    while (end_ > at_ && white(end_ - 1)) end_--;
  }

  /// The next field and the separator behind it.
  std::string field() {
    size_t start = at_;
    while (at_ < end_ && !separator(at_)) at_++;
    std::string out = line_.text.substr(start, at_ - start);
    skip_white();
    if (at_ < end_ && separator(at_) && !white(at_)) {
      at_++;
      skip_white();
    }
    return out;
  }

  /// All that is left, for the last variable: a single trailing separator of a single field goes.
  std::string rest() {
    drop_trailing_white();
    size_t start = at_, i = at_;
    while (i < end_ && !separator(i)) i++;
    if (i < end_) {
      size_t k = i;
      while (k < end_ && white(k)) k++;
      if (k < end_ && separator(k)) {
        k++;
        while (k < end_ && white(k)) k++;
      }
      if (k >= end_) end_ = i;
    }
    at_ = line_.text.size();
    return line_.text.substr(start, end_ - start);
  }

 private:
  bool separator(size_t i) const { return !line_.quoted[i] && ifs_[static_cast<unsigned char>(line_.text[i])]; }
  bool white(size_t i) const {
    char c = line_.text[i];
    return (c == ' ' || c == '\t' || c == '\n') && separator(i);
  }

  const Line& line_;
  std::array<bool, 256> ifs_{};
  size_t at_ = 0, end_ = 0;
};

bool assign(Shell& sh, const std::string& name, const std::string& value) {
  if (!is_name(name) && !is_element_name(name)) {
    invalid_identifier(sh, name);
    return false;
  }
  return sh.expander().assign_name(name, value);
}

bool assign_array(Shell& sh, const Request& r, const Line& line) {
  if (!is_name(r.array)) {
    invalid_identifier(sh, r.array);
    return false;
  }
  Symbol s = sh.symbols().intern(r.array);
  Symbol t = sh.vars().resolve(s);
  if (t != sym::kNone) s = t;
  const Variable* old = sh.vars().find(s);
  if (old && old->has(kAssoc)) {
    sh.builtin_error(r.array + ": not an indexed array");
    return false;
  }
  if (!sh.expander().check_writable(s)) return false;
  Variable& v = sh.vars().writable(s);
  v.clear_value();
  v.indexed().clear();
  v.attrs |= kIndexed;
  Splitter split(sh, line);
  split.skip_white();
  for (int64_t i = 0; !split.at_end(); i++) {
    if ((i & 0xff) == 0xff) sh.process().tick(0x100);
    if (!sh.expander().assign_indexed(s, i, split.field(), 0)) return false;
  }
  return true;
}

bool assign_all(Shell& sh, const Request& r, const Line& line, const Args& args, size_t at) {
  if (r.to_array) return assign_array(sh, r, line);
  if (at >= args.size()) return sh.expander().assign(sym::kREPLY, line.text);
  bool ok = true;
  if (r.exact) {
    // -N does not split.
    ok = assign(sh, args[at], line.text);
    for (size_t i = at + 1; i < args.size(); i++) ok = assign(sh, args[i], "") && ok;
    return ok;
  }
  Splitter split(sh, line);
  split.skip_white();
  for (size_t i = at; i < args.size(); i++) {
    if (!assign(sh, args[i], i + 1 < args.size() ? split.field() : split.rest())) return false;
  }
  return ok;
}

/// read -t 0: is there something to read?
int input_available(Shell& sh, int fd) {
  PollRequest request{fd, kPollIn, 0};
  auto n = sh.process().poll({&request, 1}, Timespec{});
  return n && *n > 0 ? 0 : 1;
}

int run_read(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "ersa:d:i:n:N:p:t:u:");
  Request r;
  int status = 0;
  if (!parse_options(sh, options, r, &status)) return status;
  size_t at = options.index();
  if (at < args.size() && !r.to_array && !is_name(args[at]) && !is_element_name(args[at])) {
    invalid_identifier(sh, args[at]);
    return 1;
  }
  if (r.timeout && r.timeout->sec == 0 && r.timeout->nsec == 0) return input_available(sh, r.fd);
  bool terminal = sh.process().isatty(r.fd);
  if (!r.timeout) {
    const std::string* tmout = sh.expander().value_of(sym::kTMOUT);
    if (tmout) r.timeout = parse_seconds(*tmout);
    if (r.timeout && r.timeout->sec == 0 && r.timeout->nsec == 0) r.timeout.reset();
  }
  if (terminal) (void)sh.process().write(2, r.prompt);
  Line line;
  if (r.editing && terminal) {
    for (char c : r.initial) line.add(c, false);
  }
  status = LineReader(sh, r).run(line);
  if (terminal && r.silent) (void)sh.process().write(2, "\n");
  if (!assign_all(sh, r, line, args, at)) return status > 1 ? status : sh.expander().failure() == Expander::Failure::None ? 1 : status;
  return status;
}

}  // namespace

Builtin read_builtin() {
  return {"read", run_read, 0, "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
          "Reads a line and gives its fields, split by IFS, to the NAMEs; the last takes what is left, REPLY the\n"
          "whole line if there are none. A backslash protects the next character.\n"
          "  -r  backslashes are plain    -a ARRAY  fields become its elements    -d DELIM  ends the line\n"
          "  -n N  at most N characters    -N N  exactly N, delimiters included    -u FD  read from FD\n"
          "  -t SECONDS  give up then (status > 128); 0: only say whether there is input\n"
          "  -p PROMPT  -s (no echo)  -e -i TEXT (line editing)  matter on a terminal"};
}

}  // namespace nacre
