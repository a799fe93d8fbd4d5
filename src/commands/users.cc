/// users, uptime - who is logged in, and for how long the system has run.
/// Source: GNU coreutils 9.1 manual, chapters 20 and 21; procps-ng 4.0 uptime(1).
/// Differs: none known.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/login_records.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsersUsage[] =
    "Usage: users [OPTION]... [FILE]\nOutput who is currently logged in according to FILE.\n\n"
    "      --help       display this help and exit\n      --version    output version information and exit\n";
constexpr char kUptimeUsage[] =
    "\nUsage:\n uptime [options]\n\nOptions:\n"
    " -p, --pretty   show uptime in pretty format\n -h, --help     display this help and exit\n"
    " -s, --since    system up since\n -V, --version  output version information and exit\n\nFor more details see uptime(1).\n";

int users_main(Process& p) {
  std::vector<std::string> files;
  if (auto status = parse_plain(p, kUsersUsage, files)) return *status;
  if (files.size() > 1) return extra_operand(p, files[1]);
  std::vector<std::string> names;
  for (const LoginRecord& r : read_logins(p, files.empty() ? std::string(kLoginFile) : files[0], files.empty())) {
    if (r.of_user()) names.push_back(r.user.substr(0, r.user.find_last_not_of(' ') + 1));
  }
  std::sort(names.begin(), names.end());
  Output out(p);
  for (const auto& name : names) out.write(name + (&name == &names.back() ? "\n" : " "));
  return out.finish(0);
}

struct UptimeOptions {
  bool pretty = false, since = false, help = false, version = false;
};
constexpr Flag<UptimeOptions> kUptimeFlags[] = {{'p', "pretty", &UptimeOptions::pretty},
                                                {'s', "since", &UptimeOptions::since},
                                                {'h', "help", &UptimeOptions::help},
                                                {'V', "version", &UptimeOptions::version}};

// "up 2 hours, 5 minutes"
std::string pretty(int64_t minutes) {
  struct Unit {
    int64_t size;
    const char* name;
  };
  constexpr Unit kUnits[] = {{60 * 24 * 365, "year"}, {60 * 24 * 7, "week"}, {60 * 24, "day"}, {60, "hour"}};
  std::string out = "up ";
  bool any = false;
  auto add = [&](int64_t n, const char* name) {
    out += (any ? ", " : "") + std::to_string(n) + " " + name + (n == 1 ? "" : "s");
    any = true;
  };
  for (const Unit& u : kUnits) {
    if (minutes / u.size) add(minutes / u.size, u.name);
    minutes %= u.size;
  }
  add(minutes, "minute");
  return out;
}

/// From /proc/uptime: since the sandbox began, whatever the host's own clock counts from.
int64_t seconds_up(Process& p) {
  char text[64];
  int64_t seconds = 0;
  auto fd = p.open("/proc/uptime", kOpenRead);
  if (!fd) return 0;
  if (auto n = p.read(*fd, text)) {
    for (size_t i = 0; i < *n && text[i] >= '0' && text[i] <= '9'; i++) seconds = seconds * 10 + (text[i] - '0');
  }
  (void)p.close(*fd);
  return seconds;
}

int uptime_main(Process& p) {
  UptimeOptions o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUptimeUsage, kUptimeFlags, o, operands, {.help_version = false, .short_help = true})) return *status;
  if (o.version) return print_version(p);
  Output out(p);
  if (o.help) {
    out.write(kUptimeUsage);
    return out.finish(0);
  }
  Timespec now = p.now();
  int64_t up = seconds_up(p);
  TimeZone zone = process_zone(p);
  int64_t minutes = up / 60, days = minutes / 1440, hours = minutes / 60 % 24;
  if (o.pretty) {
    out.line(pretty(minutes));
  } else if (o.since) {
    int64_t boot = now.sec - up;
    out.line(format_time("%Y-%m-%d %H:%M:%S", zone.local(boot), boot, 0));
  } else {
    out.write(" " + format_time("%H:%M:%S", zone.local(now.sec), now.sec, 0) + " up ");
    if (days) out.format("%lld day%s, ", static_cast<long long>(days), days == 1 ? "" : "s");
    if (hours) out.format("%2lld:%02lld, ", static_cast<long long>(hours), static_cast<long long>(minutes % 60));
    else out.format("%lld min, ", static_cast<long long>(minutes % 60));
    out.write(" 0 user,  load average: 0.00, 0.00, 0.00\n");
  }
  return out.finish(0);
}

}  // namespace

Command users_command() { return {{"users"}, kUsersUsage, users_main}; }
Command uptime_command() { return {{"uptime"}, kUptimeUsage, uptime_main, MessageName::Short}; }

}  // namespace nacre
