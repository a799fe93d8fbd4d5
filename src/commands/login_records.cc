#include "commands/login_records.h"

#include <cstring>

#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr size_t kRecord = 384;

/// Reads the fields one after the other.
struct Fields {
  std::string_view rest;

  std::string_view take(size_t n) {
    std::string_view field = rest.substr(0, n);
    rest.remove_prefix(n);
    return field;
  }
  int64_t number(size_t bytes) {
    std::string_view field = take(bytes);
    uint64_t n = 0;
    for (size_t i = bytes; i-- > 0;) n = n << 8 | static_cast<uint8_t>(field[i]);
    return static_cast<int64_t>(n);
  }
  std::string text(size_t n) {
    std::string_view field = take(n);
    return std::string(field.substr(0, field.find('\0')));
  }
};

}  // namespace

std::vector<LoginRecord> read_logins(Process& p, const std::string& file, bool living) {
  std::vector<LoginRecord> records;
  const auto bytes = read_file(p, file);
  if (!bytes) return records;
  for (size_t at = 0; at + kRecord <= bytes->size(); at += kRecord) {
    p.tick();
    Fields f{std::string_view(*bytes).substr(at, kRecord)};
    LoginRecord r;
    r.type = static_cast<int16_t>(f.number(2));
    f.take(2);
    r.pid = static_cast<int32_t>(f.number(4));
    r.line = f.text(32);
    r.id = f.text(4);
    r.user = f.text(32);
    r.host = f.text(256);
    r.termination = static_cast<int16_t>(f.number(2));
    r.exit = static_cast<int16_t>(f.number(2));
    f.take(4);
    r.seconds = static_cast<int32_t>(f.number(4));
    f.take(4);
    std::memcpy(r.address.data(), f.take(16).data(), 16);
    const bool gone = living && r.of_user() && r.pid > 0 && p.kill(r.pid, 0).error() == Errno::SRCH;
    if (!gone) records.push_back(std::move(r));
  }
  return records;
}

}  // namespace nacre
