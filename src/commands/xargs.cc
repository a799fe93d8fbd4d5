/// xargs - build and execute command lines from standard input.
/// Source: GNU findutils 4.9 manual, "Invoking xargs"; POSIX XCU xargs.
/// Differs: none known.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/prompt.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: xargs [OPTION]... COMMAND [INITIAL-ARGS]...\n"
    "Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.\n\n"
    "  -0, --null                   items are separated by a null, not whitespace; no quotes\n"
    "  -a, --arg-file=FILE          read arguments from FILE, not standard input\n"
    "  -d, --delimiter=CHARACTER    items in input stream are separated by CHARACTER\n"
    "  -E END, -e[END], --eof[=END]  logical EOF string\n"
    "  -I R, -i[R], --replace[=R]   replace R in INITIAL-ARGS with names read from input\n"
    "  -L, -l, --max-lines=MAX      use at most MAX non-blank input lines per command line\n"
    "  -n, --max-args=MAX           use at most MAX arguments per command line\n"
    "  -o, --open-tty               reopen stdin as /dev/tty in the child\n"
    "  -P, --max-procs=MAX          run at most MAX processes at a time\n"
    "  -p, --interactive            prompt before running commands\n"
    "      --process-slot-var=VAR   set environment variable VAR in child processes\n"
    "  -r, --no-run-if-empty        if there are no arguments, do not run COMMAND\n"
    "      --show-limits            show limits on command-line length\n"
    "  -s, --max-chars=MAX          limit length of command line to MAX\n"
    "  -t, --verbose                print commands before executing them\n"
    "  -x, --exit                   exit if the size is exceeded\n"
    "      --help                   display this help and exit\n"
    "      --version                output version information and exit\n";

constexpr uint64_t kDefaultChars = 131072, kArgMax = 2097152, kHeadroom = 2048;

struct Options {
  bool null = false, prompt = false, no_run_if_empty = false, trace = false, exit = false, open_tty = false, show_limits = false;
  std::optional<char> delimiter;
  std::optional<std::string> file, eof, replace, slot_var;
  uint64_t max_lines = 0, max_args = 0, max_chars = kDefaultChars, procs = 1;
};
using O = Options;

std::optional<int> number(Process& p, uint64_t& to, std::string_view v, char option, int64_t least) {
  auto n = parse_int(v);
  if (!n) {
    p.warn("invalid number \"%s\" for -%c option", std::string(v).c_str(), option);
    return try_help(p);
  }
  if (*n < least) {
    p.warn("value %s for -%c option should be >= %lld", std::string(v).c_str(), option, static_cast<long long>(least));
    return try_help(p);
  }
  to = static_cast<uint64_t>(*n);
  return std::nullopt;
}

// -n, -L and -I exclude one another: what came before is forgotten, unless it says the same.
template <class T>
void forget(Process& p, T& value, const char* its_name, const char* option) {
  if (value == T{}) return;
  p.warn("warning: options %s and %s are mutually exclusive, ignoring previous %s value", its_name, option, its_name);
  value = T{};
}

std::optional<int> set_replace(Process& p, O& o, std::string_view v) {
  forget(p, o.max_lines, "--max-lines", "--replace/-I/-i");
  forget(p, o.max_args, "--max-args", "--replace/-I/-i");
  o.replace = std::string(v);
  return std::nullopt;
}

std::optional<int> set_lines(Process& p, O& o, std::string_view v, char letter, const char* option) {
  forget(p, o.max_args, "--max-args", option);
  forget(p, o.replace, "--replace", option);
  return number(p, o.max_lines, v, letter, 1);
}

std::optional<int> set_delimiter(Process& p, O& o, std::string_view v) {
  if (v.size() == 1) {
    o.delimiter = v[0];
    return std::nullopt;
  }
  if (v.size() >= 2 && v[0] == '\\') {
    constexpr std::string_view from = "abfnrtv\\", to = "\a\b\f\n\r\t\v\\";
    size_t k = from.find(v[1]);
    if (v.size() == 2 && k != std::string_view::npos) {
      o.delimiter = to[k];
      return std::nullopt;
    }
    std::string digits(v.substr(v[1] == 'x' ? 2 : 1));
    char* end;
    long n = std::strtol(digits.c_str(), &end, v[1] == 'x' ? 16 : 8);
    if (*end == 0 && !digits.empty() && n < 256) {
      o.delimiter = static_cast<char>(n);
      return std::nullopt;
    }
  }
  p.warn("Invalid input delimiter specification %s: the delimiter must be either a single character or an escape sequence starting with \\.",
         std::string(v).c_str());
  return 1;
}

// A size out of range is said and moved into it.
std::optional<int> set_chars(Process& p, O& o, std::string_view v) {
  auto n = parse_int(v);
  if (!n) return number(p, o.max_chars, v, 's', 1);
  if (*n < 1) p.warn("value %s for -s option should be >= 1", std::string(v).c_str());
  o.max_chars = static_cast<uint64_t>(std::max<int64_t>(*n, 1));
  return std::nullopt;
}

constexpr Flag<O> kFlags[] = {
    {'0', "null", &O::null},
    {'a', "arg-file", &O::file},
    {'d', "delimiter", set_delimiter},
    {'E', "", &O::eof},
    {'e', "eof",
     +[](O& o, std::optional<std::string_view> v) {
       if (v) o.eof = std::string(*v);
       else o.eof.reset();
     }},
    {'I', "", set_replace},
    {'i', "replace", +[](Process& p, O& o, std::optional<std::string_view> v) { return set_replace(p, o, v.value_or("{}")); }},
    {'L', "", +[](Process& p, O& o, std::string_view v) { return set_lines(p, o, v, 'L', "-L"); }},
    {'l', "max-lines", +[](Process& p, O& o, std::optional<std::string_view> v) { return set_lines(p, o, v.value_or("1"), 'l', "--max-lines/-l"); }},
    {'n', "max-args",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       if (auto s = number(p, o.max_args, v, 'n', 1)) return s;
       forget(p, o.max_lines, "--max-lines", "--max-args/-n");
       if (o.max_args == 1 && o.replace) o.max_args = 0;   // -I has it anyway
       else forget(p, o.replace, "--replace", "--max-args/-n");
       return std::nullopt;
     }},
    {'o', "open-tty", &O::open_tty},
    {'s', "max-chars", set_chars},
    {0, "show-limits", &O::show_limits},
    {'p', "interactive", +[](O& o) { o.prompt = o.trace = true; }},
    {0, "process-slot-var", &O::slot_var},
    {'r', "no-run-if-empty", &O::no_run_if_empty},
    {'P', "max-procs", +[](Process& p, O& o, std::string_view v) { return number(p, o.procs, v, 'P', 0); }},
    {'t', "verbose", &O::trace},
    {'x', "exit", &O::exit},
};

class Xargs {
 public:
  Xargs(Process& p, const O& o, std::vector<std::string> command, Input& in) : p_(p), o_(o), command_(std::move(command)), in_(in) {
    for (const auto& c : command_) base_size_ += c.size() + 1;
    size_ = base_size_;
  }

  int run() {
    if (base_size_ > o_.max_chars) {
      p_.warn("cannot fit single argument within argument list size limit");
      return 1;
    }
    std::string item;
    bool any = false;
    while (!stop_ && next_item(item)) {
      any = true;
      add(item);
    }
    if (bad_quote_) return finish(1);
    if (!stop_ && (!args_.empty() || (!any && !o_.no_run_if_empty && !o_.replace))) execute(command_, args_);
    return finish(status_);
  }

 private:
  int finish(int status) {
    while (running_ > 0) reap();
    return std::max(status, status_);
  }

  // One item of the input; line_end_ tells whether a line ended behind it (for -L).
  bool next_item(std::string& item) {
    item.clear();
    if (o_.null || o_.delimiter) {
      std::string_view line;
      if (!in_.next_line(line, o_.delimiter.value_or('\0'))) return false;
      item = line.substr(0, line.find('\0'));
      line_end_ = true;
      return true;
    }
    if (o_.replace) return next_line_item(item);
    bool in_word = false;
    char quote = 0;
    for (;;) {
      if (pos_ == line_.size()) {
        if (quote) return unmatched(quote);
        if (in_word) {
          line_end_ = !continued_;
          return check_eof(item);
        }
        if (!read_line()) return false;
        continue;
      }
      char c = line_[pos_++];
      if (quote) {
        if (c == quote) quote = 0;
        else if (c == '\n') return unmatched(quote);
        else item += c;
        continue;
      }
      if (c == '\'' || c == '"') {
        quote = c;
        in_word = true;
        continue;
      }
      if (c == '\\') {
        in_word = true;
        if (pos_ == line_.size()) continue;
        item += line_[pos_];
        // An escaped end of a line joins the next to it.
        if (line_[pos_++] == '\n' && !read_line()) return check_eof(item);
        continue;
      }
      // Before a word every white space is passed over; only blanks and newlines end it.
      if (!in_word && ascii_space(c)) continue;
      if (c == ' ' || c == '\t' || c == '\n') {
        size_t rest = line_.find_first_not_of(" \t\n\v\f\r", pos_);
        // A blank at the end of a line continues it, for -L.
        line_end_ = c == '\n' || (rest == std::string::npos && (pos_ >= line_.size() || line_[pos_ - 1] == '\n'));
        if (c != '\n' && rest == std::string::npos) line_end_ = false;
        return check_eof(item);
      }
      item += c;
      in_word = true;
    }
  }

  bool read_line() {
    std::string_view line;
    if (!in_.next_line(line)) return false;
    line_.assign(line);
    if (line.find('\0') != std::string_view::npos && !warned_) {
      p_.warn("WARNING: a NUL character occurred in the input.  It cannot be passed through in the argument list.  Did you mean to use the --null option?");
      warned_ = true;
    }
    if (in_.terminated()) line_ += '\n';
    pos_ = 0;
    continued_ = false;
    return true;
  }

  // -I: a whole line without its leading blanks, quotes read.
  bool next_line_item(std::string& item) {
    for (;;) {
      if (!read_line()) return false;
      size_t i = 0;
      while (i < line_.size() && ascii_space(line_[i])) i++;
      char quote = 0;
      bool any = false;
      for (; i < line_.size(); i++) {
        char c = line_[i];
        if (quote) {
          if (c == quote) quote = 0;
          else if (c == '\n') return unmatched(quote);
          else item += c;
          continue;
        }
        if (c == '\n') break;
        any = true;
        if (c == '\'' || c == '"') quote = c;
        else if (c == '\\' && i + 1 < line_.size()) {
          item += line_[++i];
          if (line_[i] == '\n' && read_line()) i = SIZE_MAX;   // the next line goes on
        } else if (c == '\\') continue;
        else item += c;
      }
      if (quote) return unmatched(quote);
      pos_ = line_.size();
      if (any) return check_eof(item);
    }
  }

  bool check_eof(std::string& item) {
    if (const size_t nul = item.find('\0'); nul != std::string::npos) item.resize(nul);
    return !(o_.eof && !o_.eof->empty() && item == *o_.eof);
  }

  bool unmatched(char quote) {
    p_.warn("unmatched %s quote; by default quotes are special to xargs unless you use the -0 option", quote == '"' ? "double" : "single");
    bad_quote_ = true;
    if (!args_.empty()) {
      execute(command_, args_);
      args_.clear();
    }
    return false;
  }

  void add(const std::string& item) {
    if (o_.replace) {
      std::vector<std::string> command;
      for (size_t i = 0; i < command_.size(); i++) {
        std::string word = command_[i];
        for (size_t at = 0; i > 0 && !o_.replace->empty() && (at = word.find(*o_.replace, at)) != std::string::npos; at += item.size())
          word.replace(at, o_.replace->size(), item);
        command.push_back(word);
      }
      return execute(command, {});
    }
    if (size_ + item.size() + 1 > o_.max_chars) {
      bool whole = o_.exit && (o_.max_args || o_.max_lines);
      if (!args_.empty() && !whole) flush();
      if (whole || size_ + item.size() + 1 > o_.max_chars) {
        p_.warn("argument line too long");
        status_ = 1;
        stop_ = true;
        args_.clear();
        return;
      }
    }
    args_.push_back(item);
    size_ += item.size() + 1;
    if (line_end_) lines_++;
    if ((o_.max_args && args_.size() >= o_.max_args) || (o_.max_lines && lines_ >= o_.max_lines)) flush();
  }

  void flush() {
    execute(command_, args_);
    args_.clear();
    size_ = base_size_;
    lines_ = 0;
  }

  void execute(std::vector<std::string> command, const std::vector<std::string>& args) {
    command.insert(command.end(), args.begin(), args.end());
    if (o_.trace) {
      std::string text;
      for (const auto& c : command) text += (text.empty() ? "" : " ") + shell_escape(c, p_.utf8());
      write_error(p_, text + (o_.prompt ? "" : "\n"));
      if (o_.prompt && !confirmed()) return;
    }
    SpawnOptions options;
    int null_fd = -1;
    if (o_.open_tty) {
      auto fd = p_.open("/dev/tty", kOpenRead);
      if (!fd) {
        p_.warn(fd.error(), "%s", quote(p_, "/dev/tty").c_str());
        status_ = std::max(status_, 123);
        return;
      }
      options.stdin_fd = null_fd = *fd;
    } else if (in_.fd() == 0) {
      auto fd = p_.open("/dev/null", kOpenRead);
      if (fd) options.stdin_fd = null_fd = *fd;
    }
    if (o_.slot_var) {
      auto env = std::make_shared<EnvList>(p_.env());
      env->push_back(*o_.slot_var + "=" + std::to_string(running_));
      options.env = env;
    }
    if (o_.procs != 1) {
      while (o_.procs && running_ >= o_.procs) reap();
      auto pid = p_.spawn(command, options);
      if (pid) running_++;
      else failed(pid.error(), command[0]);
    } else {
      auto done = p_.run(command, options);
      if (done) judge(*done, command[0]);
      else failed(done.error(), command[0]);
    }
    if (null_fd >= 0) (void)p_.close(null_fd);
  }

  bool confirmed() {
    auto fd = p_.open("/dev/tty", kOpenRead);
    if (!fd) {
      p_.warn(fd.error(), "failed to open /dev/tty for reading");
      status_ = 1;
      stop_ = true;
      return false;
    }
    write_error(p_, "?...");
    Input answer(p_, *fd, "/dev/tty");
    answer.set_unbuffered();
    std::string_view line;
    return answer.next_line(line) && (line.starts_with('y') || line.starts_with('Y'));
  }

  void reap() {
    auto done = p_.wait(-1);
    if (!done) {
      if (done.error() == Errno::INTR) return;
      running_ = 0;
      return;
    }
    if (!*done) return;
    running_--;
    judge((*done)->status, command_[0]);
  }

  void failed(Errno e, const std::string& name) {
    const bool no_process = e == Errno::AGAIN;
    p_.warn(e, "%s", no_process ? "cannot fork" : name.c_str());
    status_ = no_process ? 1 : e == Errno::NOENT ? 127 : 126;
    stop_ = true;
  }

  void judge(const WaitStatus& s, const std::string& name) {
    if (s.kind == WaitStatus::Kind::Signaled) {
      p_.warn("%s: terminated by signal %d", name.c_str(), s.code);
      status_ = 125;
      stop_ = true;
    } else if (s.code == 255) {
      p_.warn("%s: exited with status 255; aborting", name.c_str());
      status_ = 124;
      stop_ = true;
    } else if (s.code != 0) {
      status_ = std::max(status_, 123);
    }
  }

  Process& p_;
  const O& o_;
  std::vector<std::string> command_, args_;
  Input& in_;
  std::string line_;
  size_t pos_ = 0, size_ = 0, base_size_ = 0;
  uint64_t lines_ = 0, running_ = 0;
  bool warned_ = false, line_end_ = false, continued_ = false, stop_ = false, bad_quote_ = false;
  int status_ = 0;
};

void show_limits(Process& p, const O& o) {
  size_t used = 0;
  for (const auto& e : p.env()) used += e.size() + 1;
  char text[600];
  std::snprintf(text, sizeof text,
                "Your environment variables take up %zu bytes\nPOSIX upper limit on argument length (this system): %zu\n"
                "POSIX smallest allowable upper limit on argument length (all systems): 4096\n"
                "Maximum length of command we could actually use: %zu\nSize of command buffer we are actually using: %zu\n"
                "Maximum parallelism (--max-procs must be no greater): 2147483647\n",
                used, static_cast<size_t>(kArgMax - kHeadroom), static_cast<size_t>(kArgMax - kHeadroom) - used, static_cast<size_t>(o.max_chars));
  write_error(p, text);
}

int xargs_main(Process& p) {
  O o;
  std::vector<std::string> command;
  if (auto status = parse(p, kUsage, kFlags, o, command, {.error_status = 1, .in_order = true})) return *status;
  if (o.eof && !o.eof->empty() && (o.null || o.delimiter)) p.warn("warning: the -E option has no effect if -0 or -d is used.\n");
  if (command.empty()) command = {"echo"};
  if (o.slot_var && o.slot_var->find('=') != std::string::npos) {
    p.warn("option --process-slot-var may not be set to a value which includes `='");
    return 1;
  }
  if (o.show_limits) show_limits(p, o);
  int fd = 0;
  if (o.file && *o.file != "-") {
    auto opened = p.open(*o.file, kOpenRead);
    if (!opened) {
      p.warn("Cannot open input file %s: %s", quote(p, *o.file).c_str(), std::string(message(opened.error())).c_str());
      return 1;
    }
    fd = *opened;
  }
  Input in(p, fd, o.file.value_or("-"), fd != 0);
  return Xargs(p, o, std::move(command), in).run();
}

}  // namespace

Command xargs_command() { return {{"xargs"}, kUsage, xargs_main}; }

}  // namespace nacre
