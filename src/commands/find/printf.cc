/// find -printf. Source: GNU findutils 4.9 manual, 3.2.2 "Format Directives".
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "algo/unicode.h"
#include "commands/find/expression.h"
#include "commands/paths.h"

namespace nacre {
namespace {

std::string stamp(const Timespec& t, char k, const TimeZone& zone) {
  char nanos[16];
  std::snprintf(nanos, sizeof nanos, ".%09d0", t.nsec);
  CivilTime c = zone.local(t.sec);
  if (k == '@') return std::to_string(t.sec) + nanos;
  if (k == '+') return format_time("%Y-%m-%d+%H:%M:%S", c, t.sec, t.nsec) + nanos;
  if (k == 'S') return format_time("%S", c, t.sec, t.nsec) + nanos;
  if (k == 'T' || k == 'X') return format_time("%H:%M:%S", c, t.sec, t.nsec) + nanos;
  return format_time(std::string("%") + k, c, t.sec, t.nsec);
}

std::string full_stamp(const Timespec& t, const TimeZone& zone) {
  char nanos[16];
  std::snprintf(nanos, sizeof nanos, ".%09d0", t.nsec);
  CivilTime c = zone.local(t.sec);
  return format_time("%a %b %e %H:%M:%S", c, t.sec, 0) + nanos + format_time(" %Y", c, t.sec, 0);
}

char type_letter(const Stat& st) { return "fdlpcbs"[static_cast<int>(st.type)]; }

// The last part of a path that was given, with one of the slashes that end it.
std::string start_name(const std::string& path) {
  std::string name(base_name(path));
  if (path.ends_with('/') && name != "/") name += '/';
  return name;
}

}  // namespace

bool check_find_format(Process& p, const std::string& format) {
  for (size_t i = 0; i < format.size(); i++) {
    if (format[i] == '\\') {
      if (i + 1 == format.size()) {
        p.warn("warning: escape `\\' followed by nothing at all");
        break;
      }
      char e = format[++i];
      if (std::string_view("abcfnrtv\\01234567").find(e) == std::string_view::npos) p.warn("warning: unrecognized escape `\\%c'", e);
    } else if (format[i] == '%') {
      i++;
      while (i < format.size() && std::string_view("-+ #0123456789.").find(format[i]) != std::string_view::npos) i++;
      if (i >= format.size()) {
        p.warn("error: %% at end of format string");
        return false;
      }
      if (std::string_view("%pfhPHdskbmMniDuUgGlyYFSactACTB").find(format[i]) == std::string_view::npos)
        p.warn("warning: unrecognized format directive `%%%c'", format[i]);
      if (std::string_view("ACTB").find(format[i]) != std::string_view::npos && ++i == format.size()) {
        p.warn("warning: format directive `%%%c' should be followed by another character", format[i - 1]);
        break;
      }
    }
  }
  return true;
}

bool find_format_needs_stat(std::string_view format) {
  for (size_t at = 0; (at = format.find('%', at)) != format.npos;) {
    at = format.find_first_not_of("-+ #0123456789.", at + 1);
    if (at == format.npos) return false;
    if (std::string_view("%pfhPHdy").find(format[at++]) == std::string_view::npos) return true;
  }
  return false;
}

bool find_printf(Process& p, const std::string& format, const FindFile& f, Accounts& accounts, const TimeZone& zone, std::string& out) {
  for (size_t i = 0; i < format.size(); i++) {
    char c = format[i];
    if (c == '\\' && i + 1 < format.size()) {
      char e = format[++i];
      constexpr std::string_view from = "abfnrtv\\", to = "\a\b\f\n\r\t\v\\";
      size_t k = from.find(e);
      if (e == 'c') return false;
      if (k != std::string_view::npos) {
        out += to[k];
        continue;
      }
      if (e >= '0' && e <= '7') {
        int v = 0, n = 0;
        while (n < 3 && i < format.size() && format[i] >= '0' && format[i] <= '7') {
          v = v * 8 + (format[i++] - '0');
          n++;
        }
        i--;
        out += static_cast<char>(v);
        continue;
      }
      out += '\\';
      out += e;
      continue;
    }
    if (c != '%' || i + 1 == format.size()) {
      out += c;
      continue;
    }
    size_t start = i++;
    std::string spec = "%";
    while (i < format.size() && std::string_view("-+ #0123456789.").find(format[i]) != std::string_view::npos) spec += format[i++];
    if (i >= format.size()) {
      out += format.substr(start);
      break;
    }
    std::string value;
    const Stat& st = f.st;
    char mode[16];
    bool number = false;
    switch (format[i]) {
      case '%': out += '%'; continue;
      case 'p': value = f.path; break;
      case 'f': value = f.depth == 0 ? start_name(f.path) : std::string(f.name()); break;
      case 'h': {
        size_t slash = f.path.rfind('/');
        value = slash == std::string::npos ? "." : slash == 0 ? "" : f.path.substr(0, slash);
        break;
      }
      case 'P': value = f.path.size() > f.start.size() ? f.path.substr(f.start.size() + (f.start.back() != '/')) : ""; break;
      case 'H': value = f.start; break;
      case 'd': value = std::to_string(f.depth); break;
      case 's': value = std::to_string(st.size); break;
      case 'k': value = std::to_string((st.blocks + 1) / 2); break;
      case 'b': value = std::to_string(st.blocks); break;
      case 'm':
        std::snprintf(mode, sizeof mode, spec.find('#') != std::string::npos ? "0%o" : "%o", st.mode);
        value = mode;
        std::erase(spec, '#');
        number = true;
        break;
      case 'M': value = mode_text(st); break;
      case 'n': value = std::to_string(st.nlink); break;
      case 'i': value = std::to_string(st.ino); break;
      case 'D': value = std::to_string(st.dev); break;
      case 'u': value = accounts.user_name(st.uid); break;
      case 'U': value = std::to_string(st.uid); break;
      case 'g': value = accounts.group_name(st.gid); break;
      case 'G': value = std::to_string(st.gid); break;
      case 'l':
        if (st.is_symlink())
          if (auto t = p.readlink(f.path)) value = *t;
        break;
      case 'y': value = std::string(1, type_letter(st)); break;
      case 'Y': {
        auto target = st.is_symlink() ? p.stat(f.path) : Result<Stat>(st);
        value = target ? std::string(1, type_letter(*target)) : target.error() == Errno::LOOP ? "L" : "N";
        break;
      }
      case 'F': value = "tmpfs"; break;
      case 'S': {   // how much of it has room on the disk
        char text[32];
        std::snprintf(text, sizeof text, "%g", st.size ? 512.0 * static_cast<double>(st.blocks) / static_cast<double>(st.size) : st.blocks ? HUGE_VAL : 1.0);
        value = text;
        break;
      }
      case 'a': value = full_stamp(st.atime, zone); break;
      case 'c': value = full_stamp(st.ctime, zone); break;
      case 't': value = full_stamp(st.mtime, zone); break;
      case 'A':
      case 'C':
      case 'T':
      case 'B':
        if (i + 1 == format.size()) {
          value = format.substr(start);
        } else {
          char which = format[i++];
          value = stamp(which == 'A' ? st.atime : which == 'C' ? st.ctime : which == 'B' ? st.btime : st.mtime, format[i], zone);
        }
        break;
      default: out += format.substr(start, i + 1 - start); continue;
    }
    // A flag 0 pads what is a number with zeros, which %s would not.
    if (number && spec.size() > 1 && spec[1] == '0') {
      size_t width = static_cast<size_t>(std::min(std::atoi(spec.c_str() + 1), 4000));
      if (value.size() < width) value.insert(0, width - value.size(), '0');
      spec = "%";
    }
    std::vector<char> buffer(value.size() + 4200);
    int n = std::snprintf(buffer.data(), buffer.size(), (spec + "s").c_str(), value.c_str());
    if (n > 0) out.append(buffer.data(), std::min<size_t>(static_cast<size_t>(n), buffer.size() - 1));
  }
  return true;
}

}  // namespace nacre
