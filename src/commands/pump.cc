#include "commands/pump.h"

namespace nacre {

Pumped pump(Process& p, Input& in, Codec& codec, const Sink& sink) {
  Pumped done;
  ChargedMemory memory(p);
  memory.at_least(codec.memory());
  Buffer buffer = make_buffer(kBlockBytes);
  while (done.status == CodecStatus::More) {
    std::string_view block = in.block(), rest = block;
    if (block.empty() && in.error() != Errno::OK) return done;
    std::span<char> room(buffer.get(), kBlockBytes);
    done.status = run_codec(codec, rest, room, block.empty());
    memory.at_least(codec.memory());
    size_t made = kBlockBytes - room.size();
    in.consume(block.size() - rest.size());
    done.in += block.size() - rest.size();
    done.out += made;
    p.tick(static_cast<uint32_t>(1 + made / 1024));
    if (made && !sink({buffer.get(), made})) {
      done.status = CodecStatus::More;
      return done;
    }
  }
  return done;
}

Pumped copy_through(Input& in, const Sink& sink) {
  Pumped done;
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    if (!sink(block)) return done;
    done.in += block.size();
    done.out += block.size();
    in.consume(block.size());
  }
  if (in.error() == Errno::OK) done.status = CodecStatus::End;
  return done;
}

Errno NewFile::create() {
  auto fd = p_.open(path_, kOpenWrite | kOpenCreate | kOpenExclusive, 0600);
  if (!fd) return fd.error();
  fd_ = *fd;
  return Errno::OK;
}

bool NewFile::write(std::string_view bytes) {
  auto done = p_.write(fd_, bytes);
  if (!done) error_ = done.error();
  return done.ok();
}

void NewFile::keep(const Stat& like, const Timespec* mtime) {
  (void)p_.close(std::exchange(fd_, -1));
  (void)p_.utimens(path_, &like.atime, mtime ? mtime : &like.mtime, false);
  (void)p_.chown(path_, like.uid, like.gid);
  (void)p_.chmod(path_, like.mode & 0777);
}

void NewFile::discard() {
  if (fd_ >= 0) (void)p_.close(std::exchange(fd_, -1));
  (void)p_.unlink(path_);
}

}  // namespace nacre
