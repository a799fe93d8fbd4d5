/// script - run a command and keep a record of what it prints.
/// Source: script(1) of util-linux 2.38, checked against the tool.
/// Differs: there are no pseudo-terminals here: the command writes to a pipe, so that it sees no
/// terminal, lines end in a newline alone and input is not echoed (hence no -E). Writes are never
/// held back, so -f asks for what is done anyway.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"
#include "commands/zone.h"
#include "kernel/kernel.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "\nUsage:\n script [options] [file]\n\n"
    "Make a record of what a command prints.\n\nOptions:\n"
    " -I, --log-in <file>           log stdin to file\n"
    " -O, --log-out <file>          log stdout to file (default)\n"
    " -B, --log-io <file>           log stdin and stdout to file\n\n"
    " -T, --log-timing <file>       log timing information to file\n"
    " -t[<file>], --timing[=<file>] deprecated alias to -T (default file is stderr)\n"
    " -m, --logging-format <name>   force to 'classic' or 'advanced' format\n\n"
    " -a, --append                  append to the log file\n"
    " -c, --command <command>       run command rather than interactive shell\n"
    " -e, --return                  return exit code of the child process\n"
    " -f, --flush                   write at once (always so)\n"
    "     --force                   use output file even when it is a link\n"
    " -o, --output-limit <size>     terminate if output files exceed size\n"
    " -q, --quiet                   be quiet\n\n"
    " -h, --help                    display this help\n"
    " -V, --version                 display version\n\n"
    "For more details see script(1).\n";

struct Options {
  std::string log_in, log_out, timing;
  std::optional<bool> advanced;
  std::optional<std::string> command;
  bool append = false, status = false, force = false, quiet = false;
  uint64_t limit = 0;
};

constexpr Flag<Options> kFlags[] = {
    {'I', "log-in", &Options::log_in},
    {'O', "log-out", &Options::log_out},
    {'B', "log-io", +[](Options& o, std::string_view v) { o.log_in = o.log_out = v; }},
    {'T', "log-timing", &Options::timing},
    {'t', "timing", +[](Options& o, std::optional<std::string_view> v) { o.timing = v.value_or("/dev/stderr"); }},
    {'m', "logging-format",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       if (v != "classic" && v != "advanced") {
         p.warn("unsupported logging format: '%s'", std::string(v).c_str());
         return 1;
       }
       o.advanced = v == "advanced";
       return std::nullopt;
     }},
    {'a', "append", &Options::append},
    {'c', "command", &Options::command},
    {'e', "return", &Options::status},
    {'f', "flush", +[](Options&) {}},
    {0, "force", &Options::force},
    {'o', "output-limit",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       auto n = parse_size(v, "kKmMgGtTpPeEzZyY");
       if (!n) {
         p.warn("failed to parse output limit size: '%s': Invalid argument", std::string(v).c_str());
         return 1;
       }
       o.limit = *n;
       return std::nullopt;
     }},
    {'q', "quiet", &Options::quiet},
};

class Script {
 public:
  Script(Process& p, Options o) : p_(p), o_(std::move(o)) {}

  int run() {
    if (!o_.force && is_link(o_.log_out)) {
      write_error(p_, "script: output file `" + o_.log_out + "' is a link\nUse --force if you really want to use it.\nProgram not started.\n");
      return 1;
    }
    say("Script started" + named("output log file", o_.log_out) + named("input log file", o_.log_in) + named("timing file", o_.timing) + ".\n");
    int status = open_logs() ? session() : 1;
    say("Script done.\n");
    return status;
  }

 private:
  // Only the name that was not asked for is protected: a link may lead anywhere.
  bool is_link(const std::string& file) {
    auto st = p_.lstat(file);
    return file == "typescript" && st && (st->type == FileType::Symlink || st->nlink > 1);
  }

  std::string named(const char* what, const std::string& file) const { return file.empty() ? "" : std::string(", ") + what + " is '" + file + "'"; }

  void say(std::string_view text) {
    if (!o_.quiet) (void)p_.write(1, text);
  }

  int open_log(const std::string& file) {
    if (file.empty()) return -1;
    auto fd = p_.open(file, kOpenWrite | kOpenCreate | kOpenCloexec | (o_.append ? kOpenAppend : kOpenTruncate), 0666);
    if (!fd) p_.warn(fd.error(), "cannot open %s", file.c_str());
    return fd ? *fd : -2;
  }

  bool open_logs() {
    out_log_ = open_log(o_.log_out);
    in_log_ = o_.log_in == o_.log_out ? out_log_ : open_log(o_.log_in);
    timing_ = open_log(o_.timing);
    advanced_ = o_.advanced.value_or(!o_.log_in.empty() && !o_.log_out.empty());
    return out_log_ != -2 && in_log_ != -2 && timing_ != -2;
  }

  std::string now_text() {
    int64_t seconds = p_.now().sec;
    return format_time("%Y-%m-%d %H:%M:%S%:z", process_zone(p_).local(seconds), seconds, 0);
  }

  void both_logs(const std::string& text) {
    for (int fd : {out_log_, in_log_ == out_log_ ? -1 : in_log_})
      if (fd >= 0) (void)p_.write(fd, text);
  }

  void time_line(const std::string& text) {
    if (timing_ >= 0) (void)p_.write(timing_, text + "\n");
  }
  void header(const char* name, const std::string& value) {
    if (advanced_ && !value.empty()) time_line(std::string("H 0.000000 ") + name + " " + value);
  }

  void start_lines(const std::string& shell) {
    std::string note = p_.isatty(0) ? "" : "<not executed on terminal>";
    if (o_.command) note = "COMMAND=\"" + *o_.command + "\"" + (note.empty() ? "" : " ") + note;
    both_logs("Script started on " + now_text() + " [" + note + "]\n");
    header("START_TIME", now_text());
    header("SHELL", shell);
    header("COMMAND", o_.command.value_or(""));
    header("TIMING_LOG", o_.timing);
    header("OUTPUT_LOG", o_.log_out);
    header("INPUT_LOG", o_.log_in);
  }

  int session() {
    const char* set = p_.getenv("SHELL");
    std::string shell = set && *set ? set : "/bin/sh";
    start_lines(shell);
    began_ = last_[0] = last_[1] = p_.now(Clock::Monotonic);
    int child = start(shell);
    if (child < 0 && !child_ended_) return 1;
    if (child > 0) copy(child);
    WaitStatus ended;
    if (!child_ended_) {
      if (over_limit_) (void)p_.kill(child, kSigTERM);
      auto done = p_.wait(child, false, false, true);
      child_ended_ = done && *done ? (*done)->status : WaitStatus{};
    }
    ended = *child_ended_;
    std::string how = "COMMAND_EXIT_CODE=\"" + std::to_string(ended.shell_status()) + "\"";
    both_logs("\nScript done on " + now_text() + " [" + (over_limit_ ? "<max output size exceeded>" : how) + "]\n");
    if (advanced_) {
      time_line("H 0.000000 DURATION " + seconds_since(began_));
      time_line("H 0.000000 EXIT_CODE " + std::to_string(ended.shell_status()));
    }
    if (over_limit_) return 1;
    return o_.status ? ended.shell_status() : 0;
  }

  int start(const std::string& shell) {
    auto output = p_.pipe();
    if (!output) return -1;
    SpawnOptions options;
    options.stdout_fd = options.stderr_fd = output->write_end;
    options.close_fds = {output->read_end, output->write_end};
    from_child_ = output->read_end;
    int child_input = -1;
    if (in_log_ >= 0) {
      // Input that is logged passes through here.
      auto input = p_.pipe();
      if (!input) return -1;
      options.stdin_fd = child_input = input->read_end;
      to_child_ = input->write_end;
      options.close_fds.insert(options.close_fds.end(), {input->read_end, input->write_end});
    }
    size_t slash = shell.rfind('/');
    std::string name = slash == std::string::npos ? shell : shell.substr(slash + 1);
    // A shell that is not there is looked for by its name.
    std::string program = p_.access(shell, kExecute) ? shell : name;
    p_.set_action(kSigCHLD, SignalAction::Catch);
    auto child = p_.spawn(o_.command ? std::vector<std::string>{program, "-c", *o_.command} : std::vector<std::string>{program, "-i"}, options);
    (void)p_.close(output->write_end);
    if (child_input >= 0) (void)p_.close(child_input);
    if (!child) {
      // The real one fails in the child: its message is part of the record.
      show("script: failed to execute " + shell + ": " + std::string(message(child.error())) + "\n");
      child_ended_ = WaitStatus{.code = 1};
      return -1;
    }
    p_.set_action(kSigPIPE, SignalAction::Ignore);
    return *child;
  }

  // Until nobody can write any more, or the command ended and what it wrote is here.
  void copy(int child) {
    while (!over_limit_) {
      PollRequest want[2] = {{from_child_, kPollIn}, {-1, 0}};
      if (to_child_ >= 0) want[1] = pending_.empty() ? PollRequest{0, kPollIn} : PollRequest{to_child_, kPollOut};
      auto ready = p_.poll({want, to_child_ >= 0 ? 2u : 1u}, child_ended_ ? std::optional<Timespec>(Timespec{}) : std::nullopt);
      if (!ready && ready.error() != Errno::INTR) return;
      while (p_.take_caught()) {
      }
      if (!child_ended_) {
        if (auto done = p_.wait(child, true, false, true); done && *done) child_ended_ = (*done)->status;
      }
      if (!ready) continue;
      if (want[0].ready && !copy_output()) return;
      if (!want[0].ready && child_ended_) return;
      if (want[1].ready) copy_input();
    }
  }

  bool copy_output() {
    auto n = p_.read(from_child_, buffer_);
    if (!n || *n == 0) return false;
    show({buffer_, *n});
    return true;
  }

  void show(std::string_view bytes) {
    if (out_log_ >= 0) {
      (void)p_.write(out_log_, bytes);
      log_time('O', bytes.size());
      count(bytes.size());
    }
    (void)p_.write(1, bytes);
  }

  void copy_input() {
    if (pending_.empty()) {
      auto n = p_.read(0, buffer_);
      if (!n || *n == 0) return close_input();
      pending_.assign(buffer_, *n);
      if (in_log_ != out_log_ || advanced_) {
        (void)p_.write(in_log_, pending_);
        log_time('I', pending_.size());
        count(pending_.size());
      }
      return;
    }
    if (!p_.write(to_child_, pending_)) close_input();
    pending_.clear();
  }

  void close_input() {
    (void)p_.close(to_child_);
    to_child_ = -1;
  }

  void count(size_t n) {
    written_ += n;
    over_limit_ = over_limit_ || (o_.limit > 0 && written_ >= o_.limit);
  }

  std::string seconds_since(Timespec& since) {
    Timespec now = p_.now(Clock::Monotonic);
    int64_t micros = (now.sec - since.sec) * 1'000'000 + (now.nsec - since.nsec) / 1000;
    since = now;
    std::string digits = std::to_string(micros % 1'000'000);
    return std::to_string(micros / 1'000'000) + "." + std::string(6 - digits.size(), '0') + digits;
  }

  void log_time(char stream, size_t bytes) {
    if (timing_ < 0) return;
    std::string delta = seconds_since(last_[stream == 'I']);
    time_line((advanced_ ? std::string(1, stream) + " " : std::string()) + delta + " " + std::to_string(bytes));
    if (advanced_) last_[0] = last_[1] = last_[stream == 'I'];
  }

  Process& p_;
  Options o_;
  int out_log_ = -1, in_log_ = -1, timing_ = -1, from_child_ = -1, to_child_ = -1;
  bool advanced_ = false, over_limit_ = false;
  std::optional<WaitStatus> child_ended_;
  std::string pending_;
  uint64_t written_ = 0;
  Timespec began_, last_[2];
  char buffer_[4096];   // kPipeBuf: what poll() says can be written without waiting
};

int script_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files, {.letters = true})) return *status;
  if (files.size() > 1 || (files.size() == 1 && !o.log_out.empty())) {
    p.warn("unexpected number of arguments");
    return try_help(p);
  }
  if (!files.empty()) o.log_out = files[0];
  if (o.log_out.empty() && o.log_in.empty()) o.log_out = "typescript";
  return Script(p, o).run();
}

}  // namespace

Command script_command() { return {{"script"}, kUsage, script_main, MessageName::Short}; }

}  // namespace nacre
