/// tput, clear, reset - terminal capabilities by name, and what is done with some of them.
/// Source: ncurses 6.4 tput(1), clear(1), reset(1).
/// Differs: terminals are a small table (terminals.cc); "init" and "reset" write what the table
/// holds and set no modes of the line.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"
#include "commands/tput/terminals.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tput [options] [command]\n\n"
    "Print capabilities of terminals.\n\nOptions:\n"
    "  -S <<       read commands from standard input\n"
    "  -T TERM     use this instead of $TERM\n"
    "  -V          print version\n"
    "  -x          do not try to clear scrollback\n\n"
    "Commands:\n"
    "  clear       clear the screen\n"
    "  init        initialize the terminal\n"
    "  reset       reinitialize the terminal\n"
    "  longname    describe the terminal\n"
    "  capname     print the value of capability \"capname\"\n";
constexpr char kClearUsage[] =
    "Usage: clear [options]\n\n"
    "Clear the terminal screen.\n\nOptions:\n"
    "  -T TERM     use this instead of $TERM\n"
    "  -V          print version\n"
    "  -x          do not try to clear scrollback\n";
constexpr char kResetUsage[] = "Usage: reset [terminal]\n\nWrite what brings a terminal back to its first state.\n";

struct Options {
  bool from_stdin = false, version = false, keep_scrollback = false;
  std::optional<std::string> term;
};
constexpr Flag<Options> kTputFlags[] = {
    {'S', "", &Options::from_stdin}, {'T', "", &Options::term}, {'V', "", &Options::version}, {'x', "", &Options::keep_scrollback}};
constexpr Flag<Options> kClearFlags[] = {{'T', "", &Options::term}, {'V', "", &Options::version}, {'x', "", &Options::keep_scrollback}};

constexpr int kNoTerm = 2, kUnknownTerminal = 3, kUnknownCapability = 4;

std::string term_name(Process& p, const Options& o) {
  const char* env = p.getenv("TERM");
  return o.term ? *o.term : env ? env : "";
}

std::string text_capability(const Terminal& t, std::string_view name) {
  auto c = find_capability(t, name);
  return c && c->kind == Capability::Kind::Text ? fill_parameters(c->text, {}) : "";
}

std::string clear_text(const Terminal& t, bool keep_scrollback) { return text_capability(t, "clear") + (keep_scrollback ? "" : text_capability(t, "E3")); }

class Tput {
 public:
  Tput(Process& p, const Options& o, const Terminal& terminal, Output& out) : p_(p), o_(o), t_(terminal), out_(out) {}

  /// One capability after the other, each with its parameters.
  int run(const std::vector<std::string>& words) {
    int status = 0;
    for (size_t i = 0; i < words.size();) {
      status = one(words, i);
      if (status > 1) return status;
    }
    return status;
  }

 private:
  int one(const std::vector<std::string>& words, size_t& i) {
    const std::string& name = words[i++];
    if (name == "clear") {
      std::string s = clear_text(t_, o_.keep_scrollback);
      return s.empty() ? kNoTerm : text(s);   // as the real one, 2 where the screen cannot be cleared
    }
    if (name == "longname") return text(std::string(t_.description));
    if (name == "init") return text(text_capability(t_, "is2"));
    if (name == "reset") return text(text_capability(t_, "rs1") + text_capability(t_, "rs2"));
    char kind = capability_kind(name);
    if (!kind) {
      out_.flush();
      p_.warn("unknown terminfo capability '%s'", name.c_str());
      return kUnknownCapability;
    }
    auto c = find_capability(t_, name);
    if (kind == 'f') return c ? 0 : 1;
    if (kind == 'n') {
      int64_t n = c ? c->number : name == "cols" ? 80 : name == "lines" ? 24 : -1;
      // The size of a screen is what the environment says, where it does.
      if (const char* env = name == "cols" ? p_.getenv("COLUMNS") : name == "lines" ? p_.getenv("LINES") : nullptr) {
        if (auto given = parse_int(env); given && *given > 0 && p_.isatty(2)) n = *given;
      }
      out_.line(std::to_string(n));
      return 0;
    }
    size_t wants = std::min(parameter_count(name), words.size() - i);
    std::array<int64_t, 9> parameters{};
    for (size_t k = 0; k < wants; k++) parameters[k] = parse_int(words[i++]).value_or(0);
    if (!c) return 1;
    return text(wants == 0 ? c->text : fill_parameters(c->text, parameters));
  }

  int text(const std::string& s) {
    out_.write(s);
    return s.empty() ? 1 : 0;
  }

  Process& p_;
  const Options& o_;
  const Terminal& t_;
  Output& out_;
};

int tput_main(Process& p) {
  Options o;
  std::vector<std::string> words;
  if (auto status = parse(p, kUsage, kTputFlags, o, words, {.error_status = 2, .in_order = true, .short_help = true})) return *status;
  if (o.version) return print_version(p);
  std::string name = term_name(p, o);
  if (name.empty()) {
    p.warn("No value for $TERM and no -T specified");
    return kNoTerm;
  }
  if (words.empty() && !o.from_stdin) {
    write_error(p, kUsage);
    return 2;
  }
  const Terminal* terminal = find_terminal(name);
  if (!terminal) {
    p.warn("unknown terminal \"%s\"", name.c_str());
    return kUnknownTerminal;
  }
  Output out(p);
  Tput tput(p, o, *terminal, out);
  if (!o.from_stdin) return out.finish(tput.run(words));
  Input in(p, 0, "-", false);
  int status = 0;
  std::string_view line;
  while (in.next_line(line)) {
    std::vector<std::string> parts;
    while (!line.empty()) {
      size_t end = std::min(line.find_first_of(" \t"), line.size());
      if (end > 0) parts.emplace_back(line.substr(0, end));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    status = std::max(status, tput.run(parts));
  }
  return out.finish(status);
}

int clear_main(Process& p) {
  Options o;
  std::vector<std::string> words;
  if (auto status = parse(p, kClearUsage, kClearFlags, o, words, {.short_help = true})) return *status;
  if (o.version) return print_version(p);
  std::string name = term_name(p, o);
  if (name.empty()) {
    write_error(p, "TERM environment variable not set.\n");
    return 1;
  }
  const Terminal* terminal = find_terminal(name);
  if (!terminal) {
    write_error(p, "'" + name + "': unknown terminal type.\n");
    return 1;
  }
  Output out(p);
  std::string text = clear_text(*terminal, o.keep_scrollback);
  out.write(text);
  return out.finish(text.empty() ? 1 : 0);
}

int reset_main(Process& p) {
  std::vector<std::string> words;
  if (auto status = parse_plain(p, kResetUsage, words)) return *status;
  if (!p.isatty(0) && !p.isatty(1) && !p.isatty(2)) {
    p.warn("terminal attributes: No such device or address");
    return 1;
  }
  Options o;
  if (!words.empty()) o.term = words[0];
  std::string name = term_name(p, o);
  const Terminal* terminal = find_terminal(name.empty() ? "dumb" : name);
  if (!terminal) {
    p.warn("unknown terminal type %s", name.c_str());
    return 1;
  }
  Output out(p, 2);
  out.write(text_capability(*terminal, "rs1") + text_capability(*terminal, "rs2"));
  return out.finish(0);
}

}  // namespace

Command tput_command() { return {{"tput"}, kUsage, tput_main, MessageName::Short}; }
Command clear_command() { return {{"clear"}, kClearUsage, clear_main, MessageName::Short}; }
Command reset_command() { return {{"reset"}, kResetUsage, reset_main, MessageName::Short}; }

}  // namespace nacre
