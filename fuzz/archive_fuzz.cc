// An archive of a session: bytes as they come, and as the content of an archive that has a right digest.
#include <cstdlib>

#include "driver.h"
#include "host/temp_dir.h"
#include "nacre/session.h"
#include "session/store/archive_stream.h"
#include "session/store/manifest.h"

namespace {

using namespace nacre;

SessionStore& store() {
  static TempDir dir;
  static auto opened = SessionStore::open(dir.path() + "/store");
  return **opened;
}

void import(std::string_view bytes) {
  SessionImportOptions o;
  o.name = "s";
  o.config.limits.file_bytes = 1 << 20;
  auto made = store().import_session(
      [&](std::span<char> room) {
        const size_t n = bytes.copy(room.data(), std::min<size_t>(room.size(), 1000));
        bytes.remove_prefix(n);
        return static_cast<int64_t>(n);
      },
      o);
  if (!made && made.error().message.find('\n') != std::string::npos) __builtin_trap();
  if (made && !store().terminate("s")) __builtin_trap();
  if (!store().list().empty()) __builtin_trap();
}

}  // namespace

FUZZ_TARGET(text) {
  import(text);
  // The members of a tar, under a right digest.
  std::string whole;
  ArchiveReader in([rest = text](std::span<char> room) mutable {
    const size_t n = rest.copy(room.data(), room.size());
    rest.remove_prefix(n);
    return static_cast<int64_t>(n);
  });
  ArchiveWriter out([&](std::string_view s) { return whole.append(s), true; });
  TarEntry e;
  for (int i = 0; i < 200 && in.next(e); i++) {
    std::string content;
    for (std::string_view s = in.data(); !s.empty(); s = in.data()) content += s;
    e.stored = content.size();
    out.entry(e);
    out.data(content);
  }
  if (out.finish()) import(whole);
}
