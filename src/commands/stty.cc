/// stty - print or change terminal characteristics.
/// Source: GNU coreutils 9 manual, "stty invocation"; checked against the tool.
/// Differs: the terminals of the sandbox have no line settings: what is wrong with the
/// arguments is said as by GNU's, and any device is answered like one that is no terminal.
#include <algorithm>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: stty [-F DEVICE | --file=DEVICE] [SETTING]...\n"
    "  or:  stty [-F DEVICE | --file=DEVICE] [-a|--all]\n"
    "  or:  stty [-F DEVICE | --file=DEVICE] [-g|--save]\n"
    "Print or change terminal characteristics of standard input.\n\n"
    "  -a, --all          print all current settings in human-readable form\n"
    "  -g, --save         print all current settings in a stty-readable form\n"
    "  -F, --file=DEVICE  open and use DEVICE\n"
    "      --help         display this help and exit\n"
    "      --version      output version information and exit\n\n"
    "The devices of this machine have no such settings.\n";

// Settings that a dash turns off.
constexpr std::string_view kSwitches[] = {
    "parenb", "parodd", "cmspar", "hupcl", "hup",    "cstopb",  "cread",    "clocal",  "crtscts", "ignbrk",  "brkint",  "ignpar", "parmrk",
    "inpck",  "istrip", "inlcr",  "igncr", "icrnl",  "ixon",    "ixoff",    "tandem",  "iuclc",   "ixany",   "imaxbel", "iutf8",  "opost",
    "olcuc",  "ocrnl",  "onlcr",  "onocr", "onlret", "ofill",   "ofdel",    "isig",    "icanon",  "iexten",  "echo",    "echoe",  "crterase",
    "echok",  "echonl", "noflsh", "xcase", "tostop", "echoprt", "prterase", "echoctl", "ctlecho", "echoke",  "crtkill", "flusho", "extproc",
    "evenp",  "parity", "oddp",   "nl",    "cooked", "raw",     "pass8",    "litout",  "cbreak",  "decctlq", "tabs",    "lcase",  "LCASE"};
constexpr std::string_view kPlain[] = {"cs5", "cs6", "cs7", "cs8", "nl0", "nl1", "cr0", "cr1",  "cr2", "cr3", "tab0", "tab1",  "tab2",  "tab3",
                                       "bs0", "bs1", "vt0", "vt1", "ff0", "ff1", "ek",  "sane", "crt", "dec", "size", "speed", "drain", "-drain"};
constexpr std::string_view kValued[] = {"intr",   "quit",  "erase",   "kill",  "eof", "eol",  "eol2",   "swtch",  "start", "stop", "susp",    "rprnt",
                                        "werase", "lnext", "discard", "flush", "min", "time", "ispeed", "ospeed", "rows",  "cols", "columns", "line"};
constexpr std::string_view kSpeeds[] = {"0",       "50",      "75",      "110",     "134",     "134.5",  "150",     "200",     "300",
                                        "600",     "1200",    "1800",    "2400",    "4800",    "9600",   "19200",   "38400",   "57600",
                                        "115200",  "230400",  "460800",  "500000",  "576000",  "921600", "1000000", "1152000", "1500000",
                                        "2000000", "2500000", "3000000", "3500000", "4000000", "exta",   "extb"};

template <size_t N>
bool among(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Fields of hexadecimal digits between colons, as -g prints them.
bool saved_form(std::string_view s) {
  if (std::count(s.begin(), s.end(), ':') != 35) return false;
  return std::all_of(s.begin(), s.end(), [](char c) { return c == ':' || ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f'); });
}

struct Options {
  bool all = false, save = false;
  std::optional<std::string> device;
  std::vector<std::string> settings;
};

std::optional<int> invalid(Process& p, const char* text, std::string_view word) {
  p.warn("%s %s", text, quote(p, word).c_str());
  return try_help(p);
}

// Options may stand anywhere; what is none is a setting.
std::optional<int> read_words(Process& p, Options& o) {
  const auto& argv = p.argv();
  for (size_t i = 1; i < argv.size(); i++) {
    std::string_view word = argv[i];
    auto longer = [&](std::string_view name) { return word.size() > 2 && word.starts_with("--") && ("--" + std::string(name)).starts_with(word); };
    if (word == "-a" || longer("all")) o.all = true;
    else if (word == "-g" || longer("save")) o.save = true;
    else if (word == "-ag" || word == "-ga") o.all = o.save = true;
    else if (word == "--help" || word == "--version") {
      if (word == "--version") return print_version(p);
      Output out(p);
      out.write(called_usage(p, kUsage));
      return out.finish(0);
    } else if ((word == "-F" || longer("file")) && i + 1 < argv.size()) o.device = argv[++i];
    else if (word.starts_with("-F") && word.size() > 2) o.device = std::string(word.substr(2));
    else if (word.starts_with("--file=")) o.device = std::string(word.substr(7));
    else o.settings.emplace_back(word);
  }
  return std::nullopt;
}

std::optional<int> check_settings(Process& p, const Options& o) {
  for (size_t i = 0; i < o.settings.size(); i++) {
    std::string_view word = o.settings[i], name = word.starts_with('-') ? word.substr(1) : word;
    if (among(kSwitches, name) || among(kPlain, word) || among(kSpeeds, word) || saved_form(word)) continue;
    if (!among(kValued, word)) return invalid(p, "invalid argument", word);
    if (++i == o.settings.size()) return invalid(p, "missing argument to", word);
  }
  return std::nullopt;
}

int stty_main(Process& p) {
  Options o;
  if (auto status = read_words(p, o)) return *status;
  if (o.all && o.save) {
    p.warn("the options for verbose and stty-readable output styles are\nmutually exclusive");
    return 1;
  }
  if ((o.all || o.save) && !o.settings.empty()) {
    p.warn("when specifying an output style, modes may not be set");
    return 1;
  }
  if (auto status = check_settings(p, o)) return *status;
  if (o.device) {
    auto fd = p.open(*o.device, kOpenRead);
    if (!fd) {
      p.warn(fd.error(), "%s", quote_name(p, *o.device).c_str());
      return 1;
    }
    (void)p.close(*fd);
  }
  p.warn(Errno::NOTTY, "%s", o.device ? quote_name(p, *o.device).c_str() : "'standard input'");
  return 1;
}

}  // namespace

Command stty_command() { return {{"stty"}, kUsage, stty_main}; }

}  // namespace nacre
