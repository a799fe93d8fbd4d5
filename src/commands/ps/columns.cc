#include "commands/ps/columns.h"

#include "commands/paths.h"

namespace nacre {
namespace {

using World = PsWorld;
using Info = ProcessInfo;

std::string format(const char* how, auto... args) {
  char text[128];
  int n = std::snprintf(text, sizeof text, how, args...);
  return std::string(text, std::min<size_t>(static_cast<size_t>(n), sizeof text - 1));
}

int64_t began(World& w, const Info& i) { return w.boot + static_cast<int64_t>(i.start_ticks / kTicksPerSecond); }
int64_t age(World& w, const Info& i) {
  auto n = static_cast<int64_t>(w.up) - static_cast<int64_t>(i.start_ticks / kTicksPerSecond);
  return n < 0 ? 0 : n;
}
int64_t cpu_seconds(World&, const Info& i) { return static_cast<int64_t>(i.cpu_ticks / kTicksPerSecond); }
/// Tenths of a percent.
int64_t cpu_share(World& w, const Info& i) {
  int64_t seconds = age(w, i);
  return seconds ? static_cast<int64_t>(i.cpu_ticks) * 1000 / static_cast<int64_t>(kTicksPerSecond) / seconds : 0;
}
int64_t memory_share(World& w, const Info& i) {
  return w.memory_kb ? std::min<int64_t>(999, static_cast<int64_t>(i.resident * (kPageBytes / 1024) * 1000 / w.memory_kb)) : 0;
}

std::string clock_text(int64_t t) {   // [DD-]HH:MM:SS
  std::string days = t >= 86400 ? format("%lld-", static_cast<long long>(t / 86400)) : "";
  return days + format("%02d:%02d:%02d", static_cast<int>(t / 3600 % 24), static_cast<int>(t / 60 % 60), static_cast<int>(t % 60));
}
std::string time_text(World& w, const Info& i) { return clock_text(cpu_seconds(w, i)); }
std::string bsd_time(World& w, const Info& i) {
  int64_t t = cpu_seconds(w, i);
  return format("%3lld:%02lld", static_cast<long long>(t / 60), static_cast<long long>(t % 60));
}
std::string elapsed(World& w, const Info& i) {
  int64_t t = age(w, i);
  if (t >= 86400) return clock_text(t);
  if (t >= 3600) return format("%02d:%02d:%02d", static_cast<int>(t / 3600), static_cast<int>(t / 60 % 60), static_cast<int>(t % 60));
  return format("%02d:%02d", static_cast<int>(t / 60), static_cast<int>(t % 60));
}
std::string when(World& w, int64_t t, const char* how) { return format_time(how, w.zone.local(t), t, 0); }
std::string start_text(World& w, const Info& i) {
  int64_t t = began(w, i);
  return when(w, t, w.now - t > 86400 ? "  %b %d" : "%H:%M:%S");
}
std::string bsd_start(World& w, const Info& i) {
  int64_t t = began(w, i);
  return when(w, t, w.now - t > 86400 ? "%b %d" : " %H:%M");
}
/// The time of today, else the day of this year, else the year.
std::string start_time(World& w, const Info& i) {
  int64_t t = began(w, i);
  CivilTime then = w.zone.local(t), today = w.zone.local(w.now);
  return when(w, t, then.year != today.year ? "%Y" : then.yearday != today.yearday ? "%b%d" : "%H:%M");
}

std::string status_text(World&, const Info& i) {
  std::string s(1, i.state);
  if (i.nice < 0) s += '<';
  if (i.nice > 0) s += 'N';
  if (i.session == i.pid) s += 's';
  if (i.threads > 1) s += 'l';
  if (i.tty && i.pgrp == i.tty_group) s += '+';
  return s;
}

/// The command line; what could mislead a terminal is shown as ?.
std::string visible(std::string s) {
  for (char& c : s)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = '?';
  return s;
}
std::string name_text(World&, const Info& i) { return visible(i.command) + (i.state == 'Z' ? " <defunct>" : ""); }
std::string args_text(World& w, const Info& i) {
  std::string s = w.real_names ? name_text(w, i) : visible(i.command_line());
  if (w.show_env)
    for (const auto& e : i.env) s += " " + visible(e);
  return s;
}

std::string user_text(World& w, const Info& i) {
  if (w.numeric) return std::to_string(i.uid);
  std::string name = w.accounts.user_name(i.uid);
  return name.size() > 8 && name != std::to_string(i.uid) ? name.substr(0, 7) + "+" : name;
}
std::string group_text(World& w, const Info& i) {
  std::string name = w.accounts.group_name(i.gid);
  return name.size() > 8 ? name.substr(0, 7) + "+" : name;
}
std::string tty_text(World&, const Info& i) { return terminal_name(i.tty); }
std::string exe_text(World& w, const Info& i) { return w.p.readlink("/proc/" + std::to_string(i.pid) + "/exe").value_or(std::string("-")); }
std::string share_text(int64_t tenths, bool round_up) {
  return tenths > 999 || round_up ? format("%lld", static_cast<long long>(tenths / 10))
                                  : format("%2lld.%lld", static_cast<long long>(tenths / 10), static_cast<long long>(tenths % 10));
}

#define TEXT(body) +[]([[maybe_unused]] World& w, [[maybe_unused]] const Info& i) -> std::string { return body; }
#define KEY(body) +[]([[maybe_unused]] World& w, [[maybe_unused]] const Info& i) -> int64_t { return static_cast<int64_t>(body); }
#define NUMBER(value) TEXT(std::to_string(value)), KEY(value)
#define WORDS(body) TEXT(body), nullptr
constexpr PsAlign kLeft = PsAlign::Left, kRight = PsAlign::Right, kUser = PsAlign::User, kFree = PsAlign::Free;

constexpr PsColumn kColumns[] = {
    {"%cpu", "%CPU", 4, kRight, TEXT(share_text(cpu_share(w, i), false)), cpu_share},
    {"%mem", "%MEM", 4, kRight, TEXT(share_text(memory_share(w, i), false)), memory_share},
    {"args", "COMMAND", 27, kFree, args_text, nullptr},
    {"atime", "TIME", 8, kRight, time_text, cpu_seconds},
    {"blocked", "BLOCKED", 16, kRight, WORDS(i.blocked)},
    {"bsdstart", "START", 6, kRight, bsd_start, KEY(i.start_ticks)},
    {"bsdtime", "TIME", 6, kRight, bsd_time, cpu_seconds},
    {"c", "C", 2, kRight, TEXT(std::to_string(std::min<int64_t>(99, cpu_share(w, i) / 10))), cpu_share},
    {"caught", "CAUGHT", 16, kRight, WORDS(i.caught)},
    {"class", "CLS", 3, kLeft, WORDS("TS")},
    {"cls", "CLS", 3, kRight, WORDS("TS")},
    {"cmd", "CMD", 27, kFree, args_text, nullptr},
    {"comm", "COMMAND", 15, kFree, name_text, nullptr},
    {"command", "COMMAND", 27, kFree, args_text, nullptr},
    {"cp", "CP", 3, kRight, TEXT(std::to_string(cpu_share(w, i))), cpu_share},
    {"cpuid", "CPUID", 5, kRight, NUMBER(0)},
    {"cputime", "TIME", 8, kRight, time_text, cpu_seconds},
    {"cputimes", "TIME", 8, kRight, NUMBER(cpu_seconds(w, i))},
    {"egid", "EGID", 5, kRight, NUMBER(i.gid)},
    {"egroup", "EGROUP", 8, kUser, group_text, nullptr},
    {"etime", "ELAPSED", 11, kRight, elapsed, age},
    {"etimes", "ELAPSED", 7, kRight, NUMBER(age(w, i))},
    {"euid", "EUID", 5, kRight, NUMBER(i.uid)},
    {"euser", "EUSER", 8, kUser, user_text, nullptr},
    {"exe", "EXE", 27, kFree, exe_text, nullptr},
    {"f", "F", 1, kRight, NUMBER(4)},
    {"fgid", "FGID", 5, kRight, NUMBER(i.gid)},
    {"flag", "F", 1, kRight, NUMBER(4)},
    {"flags", "F", 1, kRight, NUMBER(4)},
    {"fname", "COMMAND", 8, kLeft, WORDS(i.command.substr(0, 8))},
    {"fuid", "FUID", 5, kRight, NUMBER(i.uid)},
    {"fuser", "FUSER", 8, kUser, user_text, nullptr},
    {"gid", "GID", 5, kRight, NUMBER(i.gid)},
    {"group", "GROUP", 8, kUser, group_text, nullptr},
    {"ignored", "IGNORED", 16, kRight, WORDS(i.ignored)},
    {"lstart", "STARTED", 24, kRight, TEXT(when(w, began(w, i), "%a %b %e %H:%M:%S %Y")), KEY(i.start_ticks)},
    {"lwp", "LWP", 5, kRight, NUMBER(i.pid)},
    {"maj_flt", "MAJFL", 6, kRight, NUMBER(0)},
    {"majflt", "MAJFLT", 6, kRight, NUMBER(0)},
    {"min_flt", "MINFL", 6, kRight, NUMBER(0)},
    {"minflt", "MINFLT", 6, kRight, NUMBER(0)},
    {"ni", "NI", 3, kRight, NUMBER(i.nice)},
    {"nice", "NI", 3, kRight, NUMBER(i.nice)},
    {"nlwp", "NLWP", 4, kRight, NUMBER(i.threads)},
    {"opri", "PRI", 3, kRight, NUMBER(60 + i.priority)},
    {"pcpu", "%CPU", 4, kRight, TEXT(share_text(cpu_share(w, i), false)), cpu_share},
    {"pending", "PENDING", 16, kRight, WORDS(i.pending)},
    {"pgid", "PGID", 5, kRight, NUMBER(i.pgrp)},
    {"pgrp", "PGRP", 5, kRight, NUMBER(i.pgrp)},
    {"pid", "PID", 5, kRight, NUMBER(i.pid)},
    {"pmem", "%MEM", 4, kRight, TEXT(share_text(memory_share(w, i), false)), memory_share},
    {"policy", "POL", 3, kLeft, WORDS("TS")},
    {"ppid", "PPID", 5, kRight, NUMBER(i.ppid)},
    {"pri", "PRI", 3, kRight, NUMBER(39 - i.priority)},
    {"priority", "PRI", 3, kRight, NUMBER(i.priority)},
    {"psr", "PSR", 3, kRight, NUMBER(0)},
    {"rgid", "RGID", 5, kRight, NUMBER(i.gid)},
    {"rgroup", "RGROUP", 8, kUser, group_text, nullptr},
    {"rss", "RSS", 5, kRight, NUMBER(i.resident* kPageBytes / 1024)},
    {"rssize", "RSS", 5, kRight, NUMBER(i.resident* kPageBytes / 1024)},
    {"rsz", "RSZ", 5, kRight, NUMBER(i.resident* kPageBytes / 1024)},
    {"rtprio", "RTPRIO", 6, kRight, WORDS("-")},
    {"ruid", "RUID", 5, kRight, NUMBER(i.uid)},
    {"ruser", "RUSER", 8, kUser, user_text, nullptr},
    {"s", "S", 1, kLeft, WORDS(std::string(1, i.state))},
    {"sched", "SCH", 3, kRight, NUMBER(0)},
    {"sess", "SESS", 5, kRight, NUMBER(i.session)},
    {"session", "SESS", 5, kRight, NUMBER(i.session)},
    {"sgid", "SGID", 5, kRight, NUMBER(i.gid)},
    {"sgroup", "SGROUP", 8, kUser, group_text, nullptr},
    {"sid", "SID", 5, kRight, NUMBER(i.session)},
    {"size", "SIZE", 5, kRight, NUMBER(i.size / 1024)},
    {"spid", "SPID", 5, kRight, NUMBER(i.pid)},
    {"start", "STARTED", 8, kRight, start_text, KEY(i.start_ticks)},
    {"start_time", "START", 5, kRight, start_time, KEY(i.start_ticks)},
    {"stat", "STAT", 4, kLeft, status_text, nullptr},
    {"state", "S", 1, kLeft, WORDS(std::string(1, i.state))},
    {"stime", "STIME", 5, kRight, start_time, KEY(i.start_ticks)},
    {"suid", "SUID", 5, kRight, NUMBER(i.uid)},
    {"suser", "SUSER", 8, kUser, user_text, nullptr},
    {"sz", "SZ", 5, kRight, NUMBER(i.size / kPageBytes)},
    {"tgid", "TGID", 5, kRight, NUMBER(i.pid)},
    {"thcount", "THCNT", 5, kRight, NUMBER(i.threads)},
    {"tid", "TID", 5, kRight, NUMBER(i.pid)},
    {"time", "TIME", 8, kRight, time_text, cpu_seconds},
    {"times", "TIME", 8, kRight, NUMBER(cpu_seconds(w, i))},
    {"tname", "TTY", 8, kLeft, tty_text, KEY(i.tty)},
    {"tpgid", "TPGID", 5, kRight, NUMBER(i.tty_group)},
    {"tt", "TT", 8, kLeft, tty_text, KEY(i.tty)},
    {"tty", "TT", 8, kLeft, tty_text, KEY(i.tty)},
    {"ucmd", "CMD", 15, kFree, name_text, nullptr},
    {"ucomm", "COMMAND", 15, kFree, name_text, nullptr},
    {"uid", "UID", 5, kRight, NUMBER(i.uid)},
    {"uid_hack", "UID", 8, kUser, user_text, nullptr},
    {"uname", "USER", 8, kUser, user_text, nullptr},
    {"user", "USER", 8, kUser, user_text, nullptr},
    {"vsize", "VSZ", 6, kRight, NUMBER(i.size / 1024)},
    {"vsz", "VSZ", 6, kRight, NUMBER(i.size / 1024)},
    {"wchan", "WCHAN", 6, kLeft, WORDS("-")},
    {"wname", "WCHAN", 6, kLeft, WORDS("-")},
};
#undef TEXT
#undef KEY
#undef NUMBER
#undef WORDS

}  // namespace

PsWorld::PsWorld(Process& process)
    : p(process),
      accounts(process),
      zone(process_zone(process)),
      now(process.now().sec),
      boot(boot_time(process)),
      up(seconds_since_boot(process)),
      memory_kb(memory_info(process, "MemTotal")) {}

std::span<const PsColumn> ps_columns() { return kColumns; }

const PsColumn* find_ps_column(std::string_view name) {
  for (const PsColumn& c : kColumns)
    if (c.name == name) return &c;
  return nullptr;
}

}  // namespace nacre
