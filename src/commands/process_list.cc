#include "commands/process_list.h"

#include <algorithm>

#include "commands/args.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

std::vector<std::string> strings(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    size_t end = std::min(text.find('\0'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// What follows "NAME:" on a line of its own, without blanks in front.
std::string_view field(std::string_view text, std::string_view name) {
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') {
      line.remove_prefix(name.size() + 1);
      while (!line.empty() && (line[0] == ' ' || line[0] == '\t')) line.remove_prefix(1);
      return line;
    }
    at = end + 1;
  }
  return {};
}

uint64_t leading_number(std::string_view s) {
  uint64_t n = 0;
  for (char c : s) {
    if (c < '0' || c > '9') break;
    n = n * 10 + static_cast<uint64_t>(c - '0');
  }
  return n;
}

bool read_stat(ProcessInfo& info, std::string_view text) {
  // The name may hold blanks and parentheses: the last one ends it.
  size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close + 2 >= text.size()) return false;
  info.command = std::string(text.substr(open + 1, close - open - 1));
  std::vector<std::string_view> words;
  for (std::string_view rest = text.substr(close + 2); !rest.empty();) {
    size_t end = std::min(rest.find_first_of(" \n"), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (words.size() < 22 || words[0].empty()) return false;
  auto number = [&](size_t field_number) { return parse_int(words[field_number - 3]).value_or(0); };   // as proc(5) counts them
  info.state = words[0][0];
  info.ppid = static_cast<int>(number(4));
  info.pgrp = static_cast<int>(number(5));
  info.session = static_cast<int>(number(6));
  info.tty = static_cast<int>(number(7));
  info.tty_group = static_cast<int>(number(8));
  info.cpu_ticks = static_cast<uint64_t>(number(14) + number(15));
  info.priority = static_cast<int>(number(18));
  info.nice = static_cast<int>(number(19));
  info.threads = static_cast<int>(number(20));
  info.start_ticks = static_cast<uint64_t>(number(22));
  info.size = static_cast<uint64_t>(number(23));
  info.resident = static_cast<uint64_t>(number(24));
  return true;
}

}  // namespace

std::string ProcessInfo::command_line() const {
  if (args.empty()) return "[" + command + "]" + (state == 'Z' ? " <defunct>" : "");
  std::string out;
  for (const auto& a : args) out += (out.empty() ? "" : " ") + a;
  if (state == 'Z') return "[" + command + "] <defunct>";
  return out;
}

std::string proc_text(Process& p, const std::string& path) { return read_file(p, path).value_or(std::string()); }

std::vector<ProcessInfo> list_processes(Process& p, bool with_env) {
  // What was started in the background just before gets its turn to become what it will be.
  for (int turn = 0; turn < 3; turn++) p.tick(4096);
  std::vector<ProcessInfo> out;
  auto entries = p.list("/proc");
  if (!entries) return out;
  for (const auto& entry : *entries) {
    auto pid = parse_int(entry.name);
    if (!pid || *pid <= 0) continue;
    p.tick(16);
    ProcessInfo info;
    info.pid = static_cast<int>(*pid);
    std::string dir = "/proc/" + entry.name + "/";
    if (!read_stat(info, proc_text(p, dir + "stat"))) continue;
    std::string status = proc_text(p, dir + "status");
    info.uid = static_cast<uint32_t>(leading_number(field(status, "Uid")));
    info.gid = static_cast<uint32_t>(leading_number(field(status, "Gid")));
    info.pending = std::string(field(status, "SigPnd"));
    info.blocked = std::string(field(status, "SigBlk"));
    info.ignored = std::string(field(status, "SigIgn"));
    info.caught = std::string(field(status, "SigCgt"));
    info.args = strings(proc_text(p, dir + "cmdline"));
    if (with_env) info.env = strings(proc_text(p, dir + "environ"));
    out.push_back(std::move(info));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
  return out;
}

double seconds_since_boot(Process& p) { return std::strtod(proc_text(p, "/proc/uptime").c_str(), nullptr); }

int64_t boot_time(Process& p) {
  std::string text = proc_text(p, "/proc/stat");
  size_t at = text.find("btime ");
  return at == std::string::npos ? 0 : static_cast<int64_t>(leading_number(std::string_view(text).substr(at + 6)));
}

uint64_t memory_info(Process& p, std::string_view name) { return leading_number(field(proc_text(p, "/proc/meminfo"), name)); }

std::string terminal_name(int tty) { return tty == 0 ? "?" : "pts/" + std::to_string(tty & 0xff); }

int terminal_number(std::string_view name) {
  if (name.starts_with("/dev/")) name.remove_prefix(5);
  if (name == "?" || name == "-") return 0;
  auto n = parse_int(name.starts_with("pts/") ? name.substr(4) : name);
  return n && *n >= 0 && *n < 256 ? static_cast<int>(136 << 8 | *n) : -1;
}

}  // namespace nacre
