#include "session/base_image.h"

#include <mutex>

#include "shell/shell.h"

namespace nacre {
namespace {

constexpr uint32_t kUser = 1000;

class FixedClock : public TimeSource {
 public:
  Timespec now() override { return kBaseTime; }
};

void seed(MemFs& fs, const char* path, const MemFs::Seed& what) { NACRE_CHECK(fs.seed(path, what).ok()); }

void directory(MemFs& fs, const char* path, Mode mode = 0755, uint32_t owner = 0) {
  seed(fs, path, {.type = FileType::Directory, .mode = mode, .uid = owner, .gid = owner});
}
void file(MemFs& fs, const char* path, std::string content, Mode mode = 0644, uint32_t owner = 0) {
  seed(fs, path, {.mode = mode, .uid = owner, .gid = owner, .content = std::move(content)});
}
void link(MemFs& fs, const char* path, const char* target) { seed(fs, path, {.type = FileType::Symlink, .mode = 0777, .content = target}); }
void device(MemFs& fs, const char* path, uint32_t major, uint32_t minor) {
  seed(fs, path, {.type = FileType::CharDevice, .mode = 0666, .rdev_major = major, .rdev_minor = minor});
}

std::unique_ptr<MemFs> build(TimeSource* clock, bool network, const HiddenPrograms& hidden) {
  auto fs = MemFs::create({.clock = clock, .backing = make_program_dir(network, hidden), .backing_uid = 0, .backing_gid = 0, .backing_fixed = true});
  for (const char* d : {"/usr/local/bin", "/usr/lib", "/usr/share", "/etc", "/var/log", "/proc", "/dev", "/opt", "/mnt", "/srv", "/run", "/home"})
    directory(*fs, d);
  directory(*fs, "/tmp", 01777);
  directory(*fs, "/var/tmp", 01777);
  directory(*fs, "/root", 0700);
  directory(*fs, "/home/agent", 0755, kUser);
  link(*fs, "/bin", "usr/bin");
  link(*fs, "/sbin", "usr/bin");
  link(*fs, "/lib", "usr/lib");
  file(*fs, "/etc/passwd",
       "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nagent:x:1000:1000:agent:/home/agent:/bin/bash\n");
  file(*fs, "/etc/group", "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nnogroup:x:65534:\nagent:x:1000:\n");
  file(*fs, "/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\tnacre\n");
  file(*fs, "/etc/hostname", "nacre\n");
  file(*fs, "/etc/shells", "/bin/sh\n/bin/bash\n");
  file(*fs, "/etc/os-release", "PRETTY_NAME=\"nacre 0.1.0\"\nNAME=\"nacre\"\nVERSION_ID=\"0.1.0\"\nID=nacre\n");
  device(*fs, "/dev/null", 1, 3);
  device(*fs, "/dev/zero", 1, 5);
  device(*fs, "/dev/full", 1, 7);
  device(*fs, "/dev/random", 1, 8);
  device(*fs, "/dev/urandom", 1, 9);
  device(*fs, "/dev/tty", 5, 0);
  link(*fs, "/dev/fd", "/proc/self/fd");
  link(*fs, "/dev/stdin", "/proc/self/fd/0");
  link(*fs, "/dev/stdout", "/proc/self/fd/1");
  link(*fs, "/dev/stderr", "/proc/self/fd/2");
  return fs;
}

}  // namespace

std::unique_ptr<MemFs> make_base_fs(TimeSource* clock, Budget* budget, bool network, const HiddenPrograms& hidden) {
  static FixedClock fixed;
  if (hidden) return build(&fixed, network, hidden)->fork(clock, budget);
  static std::mutex lock;
  std::scoped_lock hold(lock);
  static std::unique_ptr<MemFs> bases[2];
  std::unique_ptr<MemFs>& base = bases[network];
  if (!base) base = build(&fixed, network, nullptr);
  return base->fork(clock, budget);
}

std::unique_ptr<MemFs> open_base_fs(TimeSource* clock, Budget* budget, bool network, const HiddenPrograms& hidden, std::shared_ptr<StoredNodes> stored) {
  MemFs::Options o{.clock = clock, .budget = budget, .backing = make_program_dir(network, hidden), .backing_uid = 0, .backing_gid = 0};
  o.stored = std::move(stored);
  o.backing_fixed = true;
  return MemFs::create(o);
}

void add_programs(Kernel& kernel, std::shared_ptr<Symbols> symbols) {
  kernel.set_image_source(&find_program);
  Body shell = [symbols = std::move(symbols)](Process& p) { return bash_main(p, symbols); };
  kernel.add_image("bash", shell);
  kernel.add_image("sh", shell);
}

}  // namespace nacre
