#include "kernel/procfs.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "kernel/kernel.h"
#include "kernel/life.h"

namespace nacre {
namespace {

// A node id says what it is: pid in the upper half, entry (and descriptor) below.
enum Entry : uint32_t {
  kRootDir = 1,
  kSelf,
  kUptime,
  kVersion,
  kCpuinfo,
  kMeminfo,
  kMounts,
  kLoadavg,
  kStat,
  kFilesystems,   // pid 0
  kPidDir = 32,
  kCmdline,
  kComm,
  kEnviron,
  kCwd,
  kExe,
  kPidStat,
  kStatus,
  kPidMounts,
  kFdDir,
  kLimits,
  kStatm,
  kMountInfo,
  kFdBase = 0x10000,                                                                                   // + descriptor
};

struct Name {
  const char* name;
  Entry entry;
  FileType type;
};
constexpr Name kTop[] = {
    {"self", kSelf, FileType::Symlink},       {"uptime", kUptime, FileType::Regular},   {"version", kVersion, FileType::Regular},
    {"cpuinfo", kCpuinfo, FileType::Regular}, {"meminfo", kMeminfo, FileType::Regular}, {"mounts", kMounts, FileType::Regular},
    {"loadavg", kLoadavg, FileType::Regular}, {"stat", kStat, FileType::Regular},       {"filesystems", kFilesystems, FileType::Regular},
};
constexpr Name kPerProcess[] = {
    {"cmdline", kCmdline, FileType::Regular}, {"comm", kComm, FileType::Regular},        {"environ", kEnviron, FileType::Regular},
    {"cwd", kCwd, FileType::Symlink},         {"exe", kExe, FileType::Symlink},          {"stat", kPidStat, FileType::Regular},
    {"status", kStatus, FileType::Regular},   {"mounts", kPidMounts, FileType::Regular}, {"fd", kFdDir, FileType::Directory},
    {"limits", kLimits, FileType::Regular},   {"statm", kStatm, FileType::Regular},      {"mountinfo", kMountInfo, FileType::Regular},
};

NodeId id(int pid, uint32_t entry) { return static_cast<NodeId>(pid) << 32 | entry; }
int pid_of(NodeId n) { return static_cast<int>(n >> 32); }
uint32_t entry_of(NodeId n) { return static_cast<uint32_t>(n); }

int number(std::string_view s) {
  if (s.empty() || s.size() > 9) return -1;
  int n = 0;
  for (char c : s) {
    if (c < '0' || c > '9') return -1;
    n = n * 10 + (c - '0');
  }
  return n;
}

FileType type_of(uint32_t entry) {
  if (entry == kRootDir || entry == kPidDir || entry == kFdDir) return FileType::Directory;
  if (entry == kSelf || entry == kCwd || entry == kExe || entry >= kFdBase) return FileType::Symlink;
  return FileType::Regular;
}

char state_letter(const Process& p, const Kernel& k, const Process::Life& life) {
  if (life.state == Process::Life::State::Zombie) return 'Z';
  if (life.stopped) return 'T';
  return k.current() == &p ? 'R' : 'S';
}

const char* state_text(char letter) {
  switch (letter) {
    case 'R': return "R (running)";
    case 'T': return "T (stopped)";
    case 'Z': return "Z (zombie)";
    default: return "S (sleeping)";
  }
}

constexpr uint64_t kPage = 4096;
constexpr int kTerminal = 136 << 8;   // pts/0

/// Bytes a process holds itself: its arguments and environment; what it computes with is
/// charged to the sandbox as a whole (/proc/meminfo).
uint64_t resident(const Process& p) {
  uint64_t bytes = 0;
  for (const auto& a : p.argv()) bytes += a.size() + 1;
  for (const auto& e : p.env()) bytes += e.size() + 1;
  return (bytes + kPage - 1) / kPage * kPage;
}

/// A path as the lists of mounts have it. Source: proc(5), "/proc/[pid]/mountinfo"; getmntent(3).
std::string escaped(std::string_view path) {
  std::string out;
  for (char c : path) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\\') {
      char code[8];
      std::snprintf(code, sizeof code, "\\%03o", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out;
}

std::string comm_of(const Process& p) { return std::string(p.name().substr(0, 15)); }

}  // namespace

ProcFs::ProcFs(Kernel& kernel) : kernel_(kernel), booted_(kernel.now(Clock::Monotonic)) {}

Result<NodeId> ProcFs::lookup(NodeId dir, std::string_view name) {
  uint32_t entry = entry_of(dir);
  int pid = pid_of(dir);
  if (entry == kRootDir) {
    for (const Name& n : kTop)
      if (name == n.name) return id(0, n.entry);
    int p = number(name);
    if (p > 0 && kernel_.find(p)) return id(p, kPidDir);
    return Errno::NOENT;
  }
  Process* p = kernel_.find(pid);
  if (!p) return Errno::NOENT;
  if (entry == kPidDir) {
    for (const Name& n : kPerProcess)
      if (name == n.name) return id(pid, n.entry);
    return Errno::NOENT;
  }
  if (entry == kFdDir) {
    int fd = number(name);
    if (fd >= 0 && p->fds().get(fd)) return id(pid, kFdBase + static_cast<uint32_t>(fd));
    return Errno::NOENT;
  }
  return Errno::NOTDIR;
}

Result<NodeId> ProcFs::parent(NodeId dir) {
  if (entry_of(dir) == kFdDir) return id(pid_of(dir), kPidDir);
  return root();
}

Result<std::string> ProcFs::name_of(NodeId dir) {
  if (entry_of(dir) == kPidDir) return std::to_string(pid_of(dir));
  if (entry_of(dir) == kFdDir) return std::string("fd");
  return Errno::NOENT;
}

Result<Stat> ProcFs::stat(NodeId node) {
  Stat st;
  st.ino = node;
  st.type = type_of(entry_of(node));
  st.mode = st.type == FileType::Directory ? 0555 : st.type == FileType::Symlink ? 0777 : 0444;
  st.nlink = 1;
  st.mtime = st.ctime = st.atime = kernel_.now();
  if (int pid = pid_of(node)) {
    Process* p = kernel_.find(pid);
    if (!p) return Errno::NOENT;
    st.uid = p->credentials().uid;
    st.gid = p->credentials().gid;
    if (entry_of(node) == kEnviron) st.mode = 0400;
    if (entry_of(node) == kFdDir) st.mode = 0500;
  }
  return st;
}

Result<std::string> ProcFs::read_link(NodeId node) {
  uint32_t entry = entry_of(node);
  if (entry == kSelf) {
    Process* p = kernel_.current();
    return std::to_string(p ? p->pid() : 1);
  }
  Process* p = kernel_.find(pid_of(node));
  if (!p) return Errno::NOENT;
  if (entry == kCwd) return p->getcwd();
  if (entry == kExe) {   // found again as it was found to begin with
    auto path = p->find_program(p->argv().empty() ? "bash" : p->argv()[0]);
    return path ? p->realpath(*path) : path;
  }
  if (entry >= kFdBase) {
    File* f = p->fds().get(static_cast<int>(entry - kFdBase));
    if (!f) return Errno::NOENT;
    return f->description();
  }
  return Errno::INVAL;
}

Result<std::vector<DirEntry>> ProcFs::list(NodeId dir) {
  std::vector<DirEntry> out;
  uint32_t entry = entry_of(dir);
  if (entry == kRootDir) {
    for (const Name& n : kTop) out.push_back({n.name, id(0, n.entry), n.type});
    for (Process* p : kernel_.processes()) out.push_back({std::to_string(p->pid()), id(p->pid(), kPidDir), FileType::Directory});
    return out;
  }
  Process* p = kernel_.find(pid_of(dir));
  if (!p) return Errno::NOENT;
  if (entry == kPidDir) {
    for (const Name& n : kPerProcess) out.push_back({n.name, id(p->pid(), n.entry), n.type});
    return out;
  }
  if (entry != kFdDir) return Errno::NOTDIR;
  for (size_t fd = 0; fd < p->fds().size(); fd++) {
    if (p->fds().get(static_cast<int>(fd))) out.push_back({std::to_string(fd), id(p->pid(), kFdBase + static_cast<uint32_t>(fd)), FileType::Symlink});
  }
  return out;
}

/// The 52 fields of proc(5); those that have no meaning here are 0.
std::string ProcFs::stat_line(const Process& p, const Process::Life& life) {
  Timespec begin = subtract(life.started, booted_);
  int64_t ticks = begin.sec < 0 ? 0 : begin.sec * 100 + begin.nsec / 10'000'000;
  uint64_t memory = life.state == Process::Life::State::Zombie ? 0 : resident(p);
  bool terminal = p.isatty(0) || p.isatty(1) || p.isatty(2);
  int group = terminal ? (kernel_.foreground_group ? kernel_.foreground_group : p.pgid()) : -1;
  Timespec cpu = p.cpu_time();
  char text[512];
  std::snprintf(text, sizeof text,
                "%d (%s) %c %d %d %d %d %d 4194304 0 0 0 0 %lld 0 0 0 20 0 1 0 %lld %llu %llu 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 "
                "0 0 0 0 0 0\n",
                p.pid(), comm_of(p).c_str(), state_letter(p, kernel_, life), p.ppid(), p.pgid(), p.sid(), terminal ? kTerminal : 0, group,
                static_cast<long long>(cpu.sec * 100 + cpu.nsec / 10'000'000), static_cast<long long>(ticks), static_cast<unsigned long long>(memory),
                static_cast<unsigned long long>(memory / kPage));
  return text;
}

Result<std::string> ProcFs::content(NodeId node) {
  char text[512];
  auto format = [&](auto... args) {
    std::snprintf(text, sizeof text, args...);
    return std::string(text);
  };
  uint32_t entry = entry_of(node);
  uint64_t memory = kernel_.budget().limits().memory_bytes ? kernel_.budget().limits().memory_bytes : 1ull << 30;
  uint64_t used = std::min(kernel_.budget().memory(), memory);
  Timespec up = subtract(kernel_.now(Clock::Monotonic), booted_);
  switch (entry) {
    case kUptime:
      return format("%lld.%02d %lld.%02d\n", static_cast<long long>(up.sec), up.nsec / 10'000'000, static_cast<long long>(up.sec), up.nsec / 10'000'000);
    case kVersion: return std::string("Linux version 6.1.0-nacre (nacre virtual kernel 0.1.0) #1 SMP\n");
    case kCpuinfo: return std::string("processor\t: 0\nvendor_id\t: nacre\nmodel name\t: nacre virtual CPU\ncpu cores\t: 1\n\n");
    case kMeminfo:
      return format(
          "MemTotal:       %8llu kB\nMemFree:        %8llu kB\nMemAvailable:   %8llu kB\nBuffers:               0 kB\nCached:                0 kB\nSwapTotal:  "
          "           0 kB\nSwapFree:              0 kB\nCommitLimit:    %8llu kB\nCommitted_AS:   %8llu kB\n",
          static_cast<unsigned long long>(memory >> 10), static_cast<unsigned long long>((memory - used) >> 10),
          static_cast<unsigned long long>((memory - used) >> 10), static_cast<unsigned long long>(memory >> 10), static_cast<unsigned long long>(used >> 10));
    case kLoadavg: return format("0.00 0.00 0.00 1/%zu %d\n", kernel_.processes().size(), kernel_.processes().back()->pid());
    case kStat:
      return format("cpu  0 0 0 0 0 0 0 0 0 0\nctxt 0\nbtime %lld\nprocesses %d\nprocs_running 1\nprocs_blocked 0\n",
                    static_cast<long long>(kernel_.now().sec - up.sec), kernel_.processes().back()->pid());
    case kFilesystems: return std::string("nodev\tproc\nnodev\tmem\nnodev\tcow\nnodev\thost\n");
    case kMounts:
    case kPidMounts: {
      std::string out;
      for (const MountInfo& m : kernel_.vfs().mounts()) out += m.source + " " + escaped(m.path) + " " + m.type + (m.read_only ? " ro 0 0\n" : " rw 0 0\n");
      return out;
    }
    case kMountInfo: {
      std::string out;
      for (const MountInfo& m : kernel_.vfs().mounts()) {
        const char* mode = m.read_only ? "ro" : "rw";
        out += format("%u %u 0:%u / ", m.id, m.parent, m.id) + escaped(m.path) + " " + mode + " - " + m.type + " " + m.source + " " + mode + "\n";
      }
      return out;
    }
    default: break;
  }
  Process* p = kernel_.find(pid_of(node));
  if (!p) return Errno::NOENT;
  const Process::Life& life = kernel_.life(*p);
  std::string out;
  switch (entry) {
    case kCmdline:
      for (const std::string& a : p->argv()) out.append(a).push_back('\0');
      return out;
    case kEnviron:
      for (const std::string& e : p->env()) out.append(e).push_back('\0');
      return out;
    case kComm: return comm_of(*p) + "\n";
    case kPidStat: return stat_line(*p, life);
    case kStatm: {
      uint64_t pages = resident(*p) / kPage;
      return format("%llu %llu 0 0 0 %llu 0\n", static_cast<unsigned long long>(pages), static_cast<unsigned long long>(pages),
                    static_cast<unsigned long long>(pages));
    }
    case kStatus: {
      auto mask = [](auto has) {
        unsigned long long bits = 0;
        for (int sig = 1; sig < kSigCount; sig++)
          if (has(sig)) bits |= 1ull << (sig - 1);
        return bits;
      };
      unsigned long long ignored = mask([&](int sig) { return p->action(sig) == SignalAction::Ignore; }),
                         caught = mask([&](int sig) { return p->action(sig) == SignalAction::Catch; });
      unsigned long long kb = resident(*p) >> 10;
      const Credentials& who = p->credentials();
      out = format("Name:\t%s\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", comm_of(*p).c_str(), p->umask(),
                   state_text(state_letter(*p, kernel_, life)), p->pid(), p->pid(), p->ppid());
      out += format("Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t%zu\nGroups:\t", who.uid, who.uid, who.uid, who.uid, who.gid, who.gid, who.gid,
                    who.gid, p->fds().size());
      for (uint32_t g : who.groups) out += std::to_string(g) + " ";
      out += format(
          "\nVmSize:\t%8llu kB\nVmRSS:\t%8llu "
          "kB\nThreads:\t1\nSigPnd:\t0000000000000000\nShdPnd:\t%016llx\nSigBlk:\t%016llx\nSigIgn:\t%016llx\nSigCgt:\t%016llx\n",
          kb, kb, static_cast<unsigned long long>(p->pending().bits()), static_cast<unsigned long long>(p->blocked().bits()), ignored, caught);
      return out;
    }
    case kLimits:
      return format(
          "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            %-20u %-20u files     \nMax processes     "
          "        %-20u %-20u processes \n",
          kernel_.budget().limits().fds, kernel_.budget().limits().fds, kernel_.budget().limits().processes, kernel_.budget().limits().processes);
    default: return Errno::INVAL;
  }
}

Result<size_t> ProcFs::read(NodeId node, uint64_t offset, std::span<char> out) {
  if (type_of(entry_of(node)) == FileType::Directory) return Errno::ISDIR;
  NACRE_TRY(std::string text, content(node));
  if (offset >= text.size()) return size_t{0};
  size_t n = std::min<size_t>(out.size(), text.size() - offset);
  std::memcpy(out.data(), text.data() + offset, n);
  return n;
}

}  // namespace nacre
