/// watch - run a command again and again and show its output.
/// Source: procps-ng 4.0 watch(1).
/// Differs: without a terminal each new output is written below the last, as plain text, and
/// nothing is when it is the same as before; -d marks differences on a terminal only. Usage text
/// is in our own words.
#include <algorithm>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"
#include "commands/zone.h"
#include "kernel/kernel.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "\nUsage:\n watch [options] command\n\n"
    "Run a command again and again, and show what it prints.\n\nOptions:\n"
    "  -b, --beep             beep if the command has a non-zero exit\n"
    "  -c, --color            keep colors of the output\n"
    "  -C, --no-color         drop colors of the output\n"
    "  -d, --differences      mark what changed since the last time\n"
    "  -e, --errexit          exit with 8 if the command has a non-zero exit\n"
    "  -g, --chgexit          exit when the output changes\n"
    "  -q, --equexit N        exit when the output has been the same N times\n"
    "  -n, --interval SECS    seconds between two runs (2; at least 0.1)\n"
    "  -p, --precise          count the seconds from start to start\n"
    "  -t, --no-title         no header\n"
    "  -w, --no-wrap          cut long lines instead of wrapping them\n"
    "  -x, --exec             run the command itself, not with \"sh -c\"\n\n"
    " -h, --help     display this help and exit\n"
    " -v, --version  output version information and exit\n\n"
    "For more details see watch(1).\n";

struct Options {
  bool beep = false, color = false, differences = false, on_error = false, on_change = false, precise = false, no_title = false, no_wrap = false, exec = false,
       help = false, version = false;
  int64_t equal = 0;
  double interval = 2;
};

constexpr Flag<Options> kFlags[] = {{'b', "beep", &Options::beep},
                                    {'c', "color", &Options::color},
                                    {'C', "no-color", +[](Options& o) { o.color = false; }},
                                    {'d', "differences", +[](Options& o, std::optional<std::string_view>) { o.differences = true; }},
                                    {'e', "errexit", &Options::on_error},
                                    {'g', "chgexit", &Options::on_change},
                                    {'q', "equexit",
                                     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
                                       auto n = parse_int(v);
                                       if (!n) {
                                         p.warn("failed to parse argument: '%s': Invalid argument", std::string(v).c_str());
                                         return 1;
                                       }
                                       o.equal = *n;
                                       return std::nullopt;
                                     }},
                                    {'n', "interval",
                                     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
                                       std::string text(v);
                                       std::replace(text.begin(), text.end(), ',', '.');
                                       char* end = nullptr;
                                       double n = std::strtod(text.c_str(), &end);
                                       if (text.empty() || *end || !(n == n)) {
                                         p.warn("failed to parse argument: '%s': Invalid argument", std::string(v).c_str());
                                         return 1;
                                       }
                                       o.interval = std::min(std::max(n, 0.1), 2678400.0);
                                       return std::nullopt;
                                     }},
                                    {'p', "precise", &Options::precise},
                                    {'t', "no-title", &Options::no_title},
                                    {'w', "no-wrap", &Options::no_wrap},
                                    {'x', "exec", &Options::exec},
                                    {'h', "help", &Options::help},
                                    {'v', "version", &Options::version}};

/// Drops escape sequences for colors.
std::string without_colors(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] == '\033' && i + 1 < s.size() && s[i + 1] == '[') {
      i += 2;
      while (i < s.size() && !(s[i] >= '@' && s[i] <= '~')) i++;
    } else {
      out += s[i];
    }
  }
  return out;
}

class Watch {
 public:
  Watch(Process& p, const Options& o, std::vector<std::string> words) : p_(p), o_(o), words_(std::move(words)), out_(p), screen_(p.isatty(1)) {
    for (const auto& w : words_) command_ += (command_.empty() ? "" : " ") + w;
  }

  int run() {
    std::string before;
    int64_t same = 0;
    for (bool first = true;; first = false) {
      Timespec started = p_.now(Clock::Monotonic);
      int status = 0;
      std::string text = output(&status);
      if (screen_ || first || text != before) show(text, first ? text : before);
      if (status != 0 && o_.beep) out_.put('\a');
      out_.flush();
      if (status != 0 && o_.on_error) return 8;
      if (!first && text != before && o_.on_change) return 0;
      same = !first && text == before ? same + 1 : 0;
      if (o_.equal && same >= o_.equal) return 0;
      before = std::move(text);
      double wait = o_.interval;
      if (o_.precise) {
        Timespec took = subtract(p_.now(Clock::Monotonic), started);
        wait = std::max(0.0, wait - static_cast<double>(took.sec) - took.nsec / 1e9);
      }
      auto whole = static_cast<int64_t>(wait);
      p_.sleep({whole, static_cast<int32_t>((wait - static_cast<double>(whole)) * 1e9)});
    }
  }

 private:
  /// What the command writes, standard error too.
  std::string output(int* status) {
    auto pipe = p_.pipe();
    if (!pipe) return "";
    std::vector<std::string> argv = o_.exec ? words_ : std::vector<std::string>{"sh", "-c", command_};
    auto pid = p_.spawn(argv, {.stdout_fd = pipe->write_end, .stderr_fd = pipe->write_end, .close_fds = {pipe->read_end, pipe->write_end}});
    (void)p_.close(pipe->write_end);
    std::string text;
    {
      Input in(p_, pipe->read_end, "-");
      text = std::string(in.all());
    }
    if (!pid) {
      *status = 127;
      return "watch: unable to execute '" + argv[0] + "': " + std::string(message(pid.error())) + "\n";
    }
    auto done = p_.wait(*pid);
    *status = done && *done ? (*done)->status.shell_status() : 1;
    return o_.color ? text : without_colors(text);
  }

  void show(const std::string& text, const std::string& before) {
    if (screen_) out_.write("\033[H\033[2J");
    if (!o_.no_title) title();
    if (!screen_) return out_.write(text);
    size_t rows = 24, row = o_.no_title ? 0 : 2;
    if (const char* lines = p_.getenv("LINES"))
      if (auto n = parse_int(lines); n && *n > 0) rows = static_cast<size_t>(*n);
    // Differences by place in the text, as long as lines do not move.
    size_t at = 0;
    for (size_t column = 0; at < text.size() && row < rows;) {
      utf8::Char c = utf8::decode(std::string_view(text).substr(at));
      std::string_view bytes = std::string_view(text).substr(at, c.length);
      bool differs = o_.differences && std::string_view(before).substr(std::min(at, before.size()), c.length) != bytes && c.code != '\n';
      at += c.length;
      if (c.code == '\n') {
        if (++row < rows) out_.write("\r\n");
        column = 0;
        continue;
      }
      if (column >= width()) {
        if (o_.no_wrap) continue;
        if (++row >= rows) break;
        out_.write("\r\n");
        column = 0;
      }
      column++;
      if (differs) out_.write("\033[7m");
      out_.write(bytes);
      if (differs) out_.write("\033[27m");
    }
  }

  size_t width() const {
    if (const char* columns = p_.getenv("COLUMNS"))
      if (auto n = parse_int(columns); n && *n > 0) return static_cast<size_t>(*n);
    return 80;
  }

  /// "Every 2.0s: date        host: Thu Jan  1 00:00:00 1970", cut to the width.
  void title() {
    char every[64];
    std::snprintf(every, sizeof every, "Every %.1fs: ", o_.interval);
    Timespec now = p_.now();
    std::string right = p_.kernel().options().hostname + ": " + format_time("%a %b %e %H:%M:%S %Y", process_zone(p_).local(now.sec), now.sec, 0);
    std::string left = every + command_;
    size_t w = width();
    if (left.size() + right.size() + 1 > w && w > right.size() + 4) left = left.substr(0, w - right.size() - 4) + "...";
    out_.write(left + std::string(left.size() + right.size() < w ? w - left.size() - right.size() : 1, ' ') + right + "\n\n");
  }

  Process& p_;
  const Options& o_;
  std::vector<std::string> words_;
  Output out_;
  bool screen_;
  std::string command_;
};

int watch_main(Process& p) {
  Options o;
  std::vector<std::string> words;
  if (auto status = parse(p, kUsage, kFlags, o, words, {.in_order = true, .help_version = false, .short_help = true})) return *status;
  if (o.version) return print_version(p);
  if (o.help) {
    Output out(p);
    out.write(kUsage);
    return out.finish(0);
  }
  if (words.empty()) {
    write_error(p, kUsage);
    return 1;
  }
  return Watch(p, o, std::move(words)).run();
}

}  // namespace

Command watch_command() { return {{"watch"}, kUsage, watch_main, MessageName::Short}; }

}  // namespace nacre
