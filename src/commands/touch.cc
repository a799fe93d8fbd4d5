/// touch - change file timestamps.
/// Source: GNU coreutils 9 manual, "touch invocation"; POSIX XCU touch.
/// Differs: none known.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: touch [OPTION]... FILE...\n"
    "Update the access and modification times of each FILE to the current time; create missing ones.\n\n"
    "  -a                     change only the access time\n"
    "  -c, --no-create        do not create any files\n"
    "  -d, --date=STRING      parse STRING and use it instead of current time\n"
    "  -f                     (ignored)\n"
    "  -h, --no-dereference   affect each symbolic link instead of any referenced file\n"
    "  -m                     change only the modification time\n"
    "  -r, --reference=FILE   use this file's times instead of current time\n"
    "  -t STAMP               use [[CC]YY]MMDDhhmm[.ss] instead of current time\n"
    "      --time=WORD        change the specified time: access, atime, use (-a); modify, mtime (-m)\n"
    "      --help             display this help and exit\n"
    "      --version          output version information and exit\n";

struct Options {
  bool access = false, modify = false, no_create = false, no_follow = false, ignored = false;
  std::optional<std::string> date, reference;
  std::vector<std::string> stamps;
};
constexpr Choice kTimes[] = {{"atime", 0}, {"access", 0}, {"use", 0}, {"mtime", 1}, {"modify", 1}};
constexpr Flag<Options> kFlags[] = {
    {'a', "", &Options::access},
    {'c', "no-create", &Options::no_create},
    {'d', "date", &Options::date},
    {'f', "", &Options::ignored},
    {'h', "no-dereference", &Options::no_follow},
    {'m', "", &Options::modify},
    {'r', "reference", &Options::reference},
    {'t', "", &Options::stamps},
    {0, "time",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       auto c = choose(p, "--time", v, kTimes);
       if (!c) return try_help(p);
       (*c ? o.modify : o.access) = true;
       return std::nullopt;
     }},
};

std::optional<Timespec> parse_stamp(const std::string& s, const TimeZone& zone, int64_t now) {
  size_t dot = s.find('.');
  std::string d = s.substr(0, dot);
  int64_t second = 0;
  if (dot != std::string::npos) {
    if (s.size() != dot + 3 || !ascii_digit(s[dot + 1]) || !ascii_digit(s[dot + 2])) return std::nullopt;
    second = (s[dot + 1] - '0') * 10 + (s[dot + 2] - '0');
  }
  if (d.find_first_not_of("0123456789") != std::string::npos || (d.size() != 8 && d.size() != 10 && d.size() != 12)) return std::nullopt;
  auto two = [&](size_t at) { return (d[at] - '0') * 10 + (d[at + 1] - '0'); };
  int64_t year = zone.local(now).year;
  size_t at = 0;
  if (d.size() == 12) {
    year = two(0) * 100 + two(2);
    at = 4;
  }
  if (d.size() == 10) {
    year = two(0) + (two(0) < 69 ? 2000 : 1900);
    at = 2;
  }
  int month = two(at), day = two(at + 2), hour = two(at + 4), minute = two(at + 6);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return Timespec{zone.seconds(year, month, day, hour, minute, second), 0};
}

int touch_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (!o.access && !o.modify) o.access = o.modify = true;
  TimeZone zone = process_zone(p);
  Timespec now = p.now(), atime = now, mtime = now;
  bool is_now = true;
  for (const std::string& stamp : o.stamps) {
    auto t = parse_stamp(stamp, zone, now.sec);
    if (!t) {
      p.warn("invalid date format %s", quote(p, stamp).c_str());
      return 1;
    }
    atime = mtime = *t;
    is_now = false;
  }
  if (!o.stamps.empty() && (o.reference || o.date)) {
    p.warn("cannot specify times from more than one source");
    return try_help(p);
  }
  if (o.reference) {
    auto st = o.no_follow ? p.lstat(*o.reference) : p.stat(*o.reference);
    if (!st) {
      p.warn(st.error(), "failed to get attributes of %s", quote_file(p, *o.reference).c_str());
      return 1;
    }
    atime = st->atime;
    mtime = st->mtime;
    is_now = false;
  }
  if (o.date) {
    auto a = parse_date(*o.date, atime.sec, atime.nsec, zone), m = parse_date(*o.date, mtime.sec, mtime.nsec, zone);
    if (!a || !m) {
      p.warn("invalid date format %s", quote(p, *o.date).c_str());
      return 1;
    }
    atime = {a->seconds, a->nanoseconds};
    mtime = {m->seconds, m->nanoseconds};
    is_now = *o.date == "now" && !o.reference;
  }
  if (files.empty()) {
    p.warn("missing file operand");
    return try_help(p);
  }
  int status = 0;
  for (const auto& file : files) {
    // Standard output is what it is: a pipe has no times to set, and that is no error.
    if (auto out = p.fstat(1); file == "-" && (!out || !(out->is_regular() || out->is_dir()))) {
      if (out || o.no_create) continue;
      p.warn(out.error(), "setting times of %s", quote_file(p, file).c_str());
      status = 1;
      continue;
    }
    std::string path = file == "-" ? "/dev/stdout" : file;
    auto set = [&] {
      return p.utimens(path, o.access ? &atime : nullptr, o.modify ? &mtime : nullptr, is_now && o.access && o.modify, o.no_follow ? Follow::No : Follow::Yes);
    };
    Errno e = Errno::OK;
    auto st = o.no_follow ? p.lstat(path) : p.stat(path);
    if (!st && st.error() == Errno::NOENT) {
      if (o.no_create || o.no_follow) {
        if (o.no_follow && !o.no_create) {
          p.warn(Errno::NOENT, "setting times of %s", quote_file(p, file).c_str());
          status = 1;
        }
        continue;
      }
      auto fd = p.open(file, kOpenWrite | kOpenCreate | kOpenNonblock);
      if (!fd) {
        p.warn(fd.error(), "cannot touch %s", quote_file(p, file).c_str());
        status = 1;
        continue;
      }
      (void)p.close(*fd);
      if (is_now && o.access && o.modify) continue;
      e = set().error();
    } else {
      e = st ? set().error() : st.error();
    }
    if (e != Errno::OK) {
      p.warn(e, st || o.no_create || file.ends_with('/') ? "setting times of %s" : "cannot touch %s", quote_file(p, file).c_str());
      status = 1;
    }
  }
  return status;
}

}  // namespace

Command touch_command() { return {{"touch"}, kUsage, touch_main}; }

}  // namespace nacre
