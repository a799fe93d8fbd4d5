#include "commands/tar/tar.h"

namespace nacre {

std::string_view TarReader::data() {
  if (left_ == 0) return "";
  std::string_view s = in_.some().substr(0, left_);
  if (s.empty()) {
    if (in_.error() != Errno::OK) tar_.warn(tar_.shown(tar_.o.archives[0], true) + ": Cannot read: " + std::string(message(in_.error())));
    else tar_.warn("Unexpected EOF in archive");
    tar_.warn("Error is not recoverable: exiting now");
    tar_.p.exit(2);
  }
  // The view stays good: taking it moves a mark only.
  left_ -= s.size();
  in_.take(s.size());
  tar_.p.tick(1 + static_cast<uint32_t>(s.size() / 4096));
  return s;
}

std::string TarReader::dumpdir(const TarEntry& e) {
  if (e.dumpdir) return *e.dumpdir;
  std::string text;
  if (left_ > 64 << 20) tar_.fatal("Unexpected long name in archive");
  for (std::string_view s = data(); !s.empty(); s = data()) text += s;
  return text;
}

std::string TarReader::long_text(uint64_t size) {
  std::string text;
  if (size > 64 << 20) tar_.fatal("Unexpected long name in archive");
  left_ = size;
  pad_ = tar_padding(size);
  for (std::string_view s = data(); !s.empty(); s = data()) text += s;
  left_ = std::exchange(pad_, 0);
  while (!data().empty()) {
  }
  return text;
}

// GNU.sparse 1.0: the map stands in front of the data, as lines of numbers, padded to a block.
void TarReader::sparse_map_in_data(TarEntry& e) {
  std::string text;
  uint64_t left = e.stored;
  auto more = [&] {
    std::string_view b = in_.block();
    if (b.size() < kTarBlock || left < kTarBlock) return false;
    text += b;
    in_.take(kTarBlock);
    left -= kTarBlock;
    return true;
  };
  size_t at = 0;
  auto number = [&](uint64_t& v) {
    v = 0;
    while (true) {
      if (at == text.size() && !more()) return false;
      char c = text[at++];
      if (c == '\n') return true;
      if (c < '0' || c > '9' || v > UINT64_MAX / 16) return false;
      v = v * 10 + static_cast<uint64_t>(c - '0');
    }
  };
  uint64_t count = 0;
  bool good = number(count);
  e.pieces.clear();
  for (uint64_t i = 0; good && i < count; i++) {
    TarPiece piece{};
    good = number(piece.offset) && number(piece.size);
    if (good) e.pieces.push_back(piece);
    tar_.p.tick();
  }
  if (!good) tar_.error("Malformed extended header: invalid sparse map");
  e.stored = left;
}

// One header with what belongs to it; false at the end of the archive.
bool TarReader::header(TarEntry& e) {
  while (true) {
    std::string_view b = in_.block();
    end_ = in_.at();
    if (b.size() < kTarBlock) {
      if (in_.error() != Errno::OK) {
        tar_.warn(tar_.shown(tar_.o.archives[0], true) + ": Cannot read: " + std::string(message(in_.error())));
        tar_.fatal("At beginning of tape, quitting now");
      }
      if (!any_ && !bad_ && !in_.through_child()) tar_.error("This does not look like a tar archive");
      in_.take(b.size());
      return false;
    }
    TarHeaderKind kind = read_tar_header(b, e);
    if (kind == TarHeaderKind::Good) {
      if (e.type == 'S') {
        // The map may go on in blocks of its own.
        e.sparse = true;
        e.size = read_tar_real_size(b);
        bool more = read_tar_sparse(b, true, e);
        in_.take(kTarBlock);
        while (more) {
          b = in_.block();
          if (b.size() < kTarBlock) tar_.fatal("Unexpected EOF in archive");
          more = read_tar_sparse(b, false, e);
          in_.take(kTarBlock);
          tar_.p.tick();
        }
      } else {
        in_.take(kTarBlock);
      }
      any_ = true;
      bad_ = false;
      return true;
    }
    in_.take(kTarBlock);
    tar_.p.tick();
    if (kind == TarHeaderKind::Zero) {
      any_ = true;
      if (tar_.o.ignore_zeros) continue;
      std::string_view second = in_.block();
      TarEntry ignored;
      if (second.size() < kTarBlock || read_tar_header(second, ignored) != TarHeaderKind::Zero)
        tar_.warn_about("alone-zero-block", "A lone zero block at " + std::to_string(in_.at() / kTarBlock));
      else in_.take(kTarBlock);
      return false;
    }
    if (!bad_) {
      if (!any_) tar_.error("This does not look like a tar archive");
      tar_.error("Skipping to next header");
    }
    bad_ = any_ = true;
  }
}

bool TarReader::next(TarEntry& e) {
  while (!data().empty()) {
  }
  left_ = std::exchange(pad_, 0);
  while (!data().empty()) {
  }
  std::optional<std::string> name, link;
  std::map<std::string, std::string> records = global_;
  bool extended = false, first = true;
  while (true) {
    uint64_t here = in_.at();
    if (!header(e)) return false;
    if (std::exchange(first, false)) start_ = here;
    if (e.type == 'L' || e.type == 'K') {
      std::string text = long_text(e.size);
      text.resize(std::min(text.find('\0'), text.size()));
      (e.type == 'L' ? name : link) = std::move(text);
    } else if (e.type == 'x' || e.type == 'X' || e.type == 'g') {
      std::string text = long_text(e.size);
      auto& into = e.type == 'g' ? global_ : records;
      if (!read_pax_records(text, into)) tar_.error("Malformed extended header: missing newline");
      if (e.type == 'g')
        for (const auto& [k, v] : global_) records[k] = v;
      extended = true;
    } else {
      break;
    }
  }
  bool map_in_data = false;
  if (extended || !records.empty()) {
    apply_pax_records(records, e, &map_in_data);
    e.format = TarFormat::Pax;
  }
  if (tar_.o.incremental && e.old_atime) e.atime = e.old_atime;
  if (name) e.name = *name;
  if (link) e.link = *link;
  pad_ = tar_padding(e.stored);
  if (map_in_data) sparse_map_in_data(e);
  left_ = e.stored;
  return true;
}

}  // namespace nacre
