/// who - who is logged in.
/// Source: GNU coreutils 9.1 manual, "who invocation"; --ips as Debian's has it.
/// Differs: --lookup asks no name server: hosts are shown as they are stored.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/login_records.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: who [OPTION]... [ FILE | ARG1 ARG2 ]\nPrint information about users who are currently logged in.\n\n"
    "  -a, --all         same as -b -d --login -p -r -t -T -u\n"
    "  -b, --boot        time of last system boot\n"
    "  -d, --dead        print dead processes\n"
    "  -H, --heading     print line of column headings\n"
    "      --ips         print the stored addresses instead of hostnames\n"
    "  -l, --login       print system login processes\n"
    "      --lookup      names of hosts by what is known of them: here, as they are stored\n"
    "  -m                only hostname and user associated with stdin\n"
    "  -p, --process     print active processes spawned by init\n"
    "  -q, --count       all login names and number of users logged on\n"
    "  -r, --runlevel    print current runlevel\n"
    "  -s, --short       print only name, line, and time (default)\n"
    "  -t, --time        print last system clock change\n"
    "  -T, -w, --mesg    add user's message status as +, - or ?\n"
    "  -u, --users       list users logged in\n"
    "      --message     same as -T\n"
    "      --writable    same as -T\n"
    "      --help        display this help and exit\n      --version     output version information and exit\n\n"
    "Without FILE, /var/run/utmp is read. With ARG1 and ARG2, -m is meant: 'am i' or 'mom likes'.\n";

struct Options {
  bool boot = false, dead = false, login = false, init = false, run_level = false, clock = false, users = false;
  bool heading = false, ips = false, lookup = false, self = false, count = false;
  bool brief = false, mesg = false, idle = false, exit = false;
  bool asked = false;   ///< for some kind of record: the users are not assumed
};

constexpr Flag<Options> kFlags[] = {
    {'a', "all", +[](Options& o) { o.boot = o.dead = o.login = o.init = o.run_level = o.clock = o.users = o.mesg = o.idle = o.exit = o.asked = true; }},
    {'b', "boot", +[](Options& o) { o.boot = o.asked = true; }},
    {'d', "dead", +[](Options& o) { o.dead = o.idle = o.exit = o.asked = true; }},
    {'H', "heading", &Options::heading},
    {0, "ips", &Options::ips},
    {'l', "login", +[](Options& o) { o.login = o.idle = o.asked = true; }},
    {0, "lookup", &Options::lookup},
    {'m', "", &Options::self},
    {'p', "process", +[](Options& o) { o.init = o.asked = true; }},
    {'q', "count", &Options::count},
    {'r', "runlevel", +[](Options& o) { o.run_level = o.idle = o.asked = true; }},
    {'s', "short", &Options::brief},
    {'t', "time", +[](Options& o) { o.clock = o.asked = true; }},
    {'T', "mesg", &Options::mesg},
    {'w', "", &Options::mesg},
    {'T', "message", &Options::mesg},
    {'T', "writable", &Options::mesg},
    {'u', "users", +[](Options& o) { o.users = o.idle = o.asked = true; }},
};

/// "10.1.2.3", "fe80::1"; "" where no address is stored.
std::string address_text(const std::array<uint8_t, 16>& a) {
  if (a == std::array<uint8_t, 16>{}) return "";
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool mapped = std::equal(kMapped.begin(), kMapped.end(), a.begin());
  const bool global = (a[0] & 0xe0) == 0x20 && std::any_of(a.begin() + 4, a.end(), [](uint8_t b) { return b != 0; });
  char text[40];
  if (!global) {   // of IPv6 only what is routed is known from an IPv4 address
    const uint8_t* v4 = a.data() + (mapped ? 12 : 0);
    std::snprintf(text, sizeof text, "%u.%u.%u.%u", v4[0], v4[1], v4[2], v4[3]);
    return text;
  }
  unsigned word[8];
  for (size_t i = 0; i < 8; i++) word[i] = a[2 * i] * 256u + a[2 * i + 1];
  size_t best = 8, most = 1;   // the longest run of two zeros or more is ::
  for (size_t i = 0; i < 8; i++) {
    size_t n = 0;
    while (i + n < 8 && word[i + n] == 0) n++;
    if (n > most) best = i, most = n;
  }
  std::string out;
  for (size_t i = 0; i < 8; i++) {
    if (i == best) {
      out += "::";
      i += most - 1;
      continue;
    }
    std::snprintf(text, sizeof text, "%x", word[i]);
    out += (out.empty() || out.back() == ':' ? "" : ":") + std::string(text);
  }
  return out;
}

class Who {
 public:
  Who(Process& p, const Options& o) : p_(p), o_(o), out_(p), zone_(process_zone(p)) {
    std::string_view locale;
    for (const char* name : {"LC_ALL", "LC_TIME", "LANG"}) {
      const char* value = p.getenv(name);
      if (value && *value && locale.empty()) locale = value;
    }
    const bool plain = locale.empty() || locale == "C" || locale == "POSIX";
    time_format_ = plain ? "%b %e %H:%M" : "%Y-%m-%d %H:%M";
    time_width_ = plain ? 12 : 16;
  }

  int list(const std::vector<LoginRecord>& records) {
    if (o_.heading) line("NAME", ' ', "LINE", "TIME", "IDLE", "PID", "COMMENT", "EXIT");
    if (o_.self && !p_.isatty(0)) return out_.finish(0);
    const std::string_view terminal = "tty";   // the one of the sandbox, /dev/tty
    for (const LoginRecord& r : records) {
      if (!o_.self || r.line == terminal) record(r);
      if (r.type == LoginRecord::BootTime) boot_ = r.seconds;
    }
    return out_.finish(0);
  }

  int count(const std::vector<LoginRecord>& records) {
    size_t n = 0;
    for (const LoginRecord& r : records) {
      if (!r.of_user()) continue;
      out_.write((n++ ? " " : "") + r.user.substr(0, r.user.find_last_not_of(' ') + 1));
    }
    out_.write("\n# users=" + std::to_string(n) + "\n");
    return out_.finish(0);
  }

 private:
  void record(const LoginRecord& r) {
    const std::string time = format_time(time_format_, zone_.local(r.seconds), r.seconds, 0), pid = std::to_string(r.pid);
    switch (r.type) {
      case LoginRecord::User:
        if (o_.users && r.of_user()) user(r, time, pid);
        break;
      case LoginRecord::RunLevel:
        if (o_.run_level) run_level(r, time);
        break;
      case LoginRecord::BootTime:
        if (o_.boot) line("", ' ', "system boot", time, "", "", "", "");
        break;
      case LoginRecord::NewTime:
        if (o_.clock) line("", ' ', "clock change", time, "", "", "", "");
        break;
      case LoginRecord::Init:
        if (o_.init) line("", ' ', r.line, time, "", pid, "id=" + r.id, "");
        break;
      case LoginRecord::Login:
        if (o_.login) line("LOGIN", ' ', r.line, time, "", pid, "id=" + r.id, "");
        break;
      case LoginRecord::Dead:
        if (o_.dead) line("", ' ', r.line, time, "", pid, "id=" + r.id, "term=" + std::to_string(r.termination) + " exit=" + std::to_string(r.exit));
        break;
      default: break;
    }
  }

  void user(const LoginRecord& r, const std::string& time, const std::string& pid) {
    const auto st = p_.stat(r.line[0] == '/' ? r.line : "/dev/" + r.line);
    const char mesg = !st ? '?' : st->mode & 020 ? '+' : '-';
    std::string host;
    const std::string address = o_.ips ? address_text(r.address) : "";
    if (!address.empty()) host = address;
    else if (!r.host.empty()) host = "(" + r.host + ")";
    line(r.user, mesg, r.line, time, st && st->atime.sec ? idle(st->atime.sec) : "  ?", pid, host, "");
  }

  void run_level(const LoginRecord& r, const std::string& time) {
    const char last = static_cast<char>(r.pid / 256), now = static_cast<char>(r.pid % 256);
    std::string comment;
    if (last >= ' ' && last < 127) comment = std::string("last=") + (last == 'N' ? 'S' : last);
    line("", ' ', std::string("run-level ") + now, time, "", "", comment, "");
  }

  std::string idle(int64_t when) {
    constexpr int64_t kDay = 86400;
    const int64_t now = p_.now().sec;
    if (boot_ >= when || now - kDay >= when || when > now) return " old ";
    const int64_t seconds = now - when;
    if (seconds < 60) return "  .  ";
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(seconds / 3600), static_cast<int>(seconds % 3600 / 60));
    return text;
  }

  static std::string padded(std::string text, size_t width, bool right = false) {
    if (text.size() < width) text.insert(right ? 0 : text.size(), width - text.size(), ' ');
    return text;
  }

  void line(const std::string& name, char mesg, const std::string& terminal, const std::string& time, const std::string& idle, const std::string& pid,
            const std::string& comment, const std::string& exit) {
    std::string text = padded(name, 8);
    if (o_.mesg) text += std::string(" ") + mesg;
    text += " " + padded(terminal, 12) + " " + padded(time, time_width_);
    if (o_.idle && !o_.brief) text += " " + padded(idle, 6);
    if (!o_.brief) text += " " + padded(pid, 10, true);
    text += " " + padded(comment, 8);
    if (o_.exit) text += " " + padded(exit, 12);
    text.erase(text.find_last_not_of(' ') + 1);
    out_.line(text);
  }

  Process& p_;
  const Options& o_;
  Output out_;
  TimeZone zone_;
  const char* time_format_;
  size_t time_width_;
  int64_t boot_ = INT64_MIN;
};

int who_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (files.size() > 2) return extra_operand(p, files[2]);
  if (!o.asked) o.users = o.brief = true;
  if (o.exit) o.brief = false;
  o.self = o.self || files.size() == 2;
  const bool given = files.size() == 1;
  const auto records = read_logins(p, given ? files[0] : std::string(kLoginFile), !given);
  Who who(p, o);
  return o.count ? who.count(records) : who.list(records);
}

}  // namespace

Command who_command() { return {{"who"}, kUsage, who_main}; }

}  // namespace nacre
