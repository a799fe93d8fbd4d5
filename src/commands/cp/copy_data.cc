#include "commands/cp/copy_data.h"

#include "base/buffer.h"

namespace nacre {
namespace {

constexpr size_t kHoleBytes = 4096;   // the least that a hole is

class DataCopy {
 public:
  DataCopy(const CopyReport& report, const CopyOptions& o, const std::string& from, const std::string& to)
      : r_(report), p_(report.p), o_(o), from_(from), to_(to) {}

  bool run(const Stat& st, Mode mode, bool& fresh) {
    auto in = p_.open(from_, kOpenRead);
    if (!in) return r_.error(in.error(), "cannot open " + r_.name(from_) + " for reading");
    int out = open_target(mode, fresh);
    bool good = out >= 0;
    if (good && !o_.attributes_only) {
      holes_ = o_.sparse == CopyOptions::Sparse::Always || (o_.sparse == CopyOptions::Sparse::Auto && st.is_regular() && st.blocks * 512 < st.size);
      good = o_.clone ? r_.error(Errno::OPNOTSUPP, "failed to clone " + r_.name(to_) + " from " + r_.name(from_)) : copy(*in, out);
    }
    (void)p_.close(*in);
    if (out >= 0) (void)p_.close(out);
    return good;
  }

 private:
  // -1 after a message.
  int open_target(Mode mode, bool& fresh) {
    Result<int> out = Errno::NOENT;
    if (!fresh) {
      out = p_.open(to_, kOpenWrite | (o_.attributes_only ? 0 : kOpenTruncate));
      if (!out && out.error() != Errno::NOENT && o_.force) {
        if (auto gone = p_.unlink(to_); !gone) return refuse(gone.error(), "cannot remove " + r_.name(to_));
        if (o_.verbose) r_.line("removed " + r_.name(to_));
        out = Errno::NOENT;
      }
      fresh = !out && out.error() == Errno::NOENT;
    }
    if (fresh) {
      out = p_.open(to_, kOpenWrite | kOpenCreate | kOpenExclusive, mode);
      if (!out && out.error() == Errno::EXIST && p_.readlink(to_)) {
        if (!o_.through_dangling) {
          r_.error("not writing through dangling symlink " + r_.name(to_));
          return -1;
        }
        out = p_.open(to_, kOpenWrite | kOpenCreate, mode);
      }
    }
    if (out) return *out;
    // A missing "name/" is no directory to Linux, whatever open() says.
    bool slash = out.error() == Errno::ISDIR && to_.ends_with('/');
    return refuse(slash ? Errno::NOTDIR : out.error(), "cannot create regular file " + r_.name(to_));
  }

  int refuse(Errno e, const std::string& text) {
    r_.error(e, text);
    return -1;
  }

  bool copy(int in, int out) {
    auto buffer = make_buffer(kBlockBytes);
    while (true) {
      if (!holes_ && p_.transfer(in, out).value_or(0) > 0) {
        p_.tick(16);
        continue;
      }
      auto n = p_.read(in, {buffer.get(), kBlockBytes});
      if (!n) return r_.error(n.error(), "error reading " + r_.name(from_));
      if (*n == 0) break;
      auto done = write(out, {buffer.get(), *n});
      if (!done) return r_.error(done.error(), "error writing " + r_.name(to_));
      p_.tick(16);
    }
    if (!in_hole_) return true;
    auto done = p_.ftruncate(out, size_);   // a hole at the end
    return done ? true : r_.error(done.error(), "error writing " + r_.name(to_));
  }

  Result<void> write(int out, std::string_view data) {
    if (!holes_) return p_.write(out, data);
    for (; !data.empty();) {
      std::string_view piece = data.substr(0, kHoleBytes);
      data.remove_prefix(piece.size());
      size_ += piece.size();
      in_hole_ = piece.find_first_not_of('\0') == piece.npos;
      if (in_hole_) {
        if (auto moved = p_.lseek(out, static_cast<int64_t>(piece.size()), Whence::Current); !moved) return moved.error();
      } else if (auto done = p_.write(out, piece); !done) {
        return done;
      }
    }
    return {};
  }

  const CopyReport& r_;
  Process& p_;
  const CopyOptions& o_;
  const std::string& from_;
  const std::string& to_;
  bool holes_ = false, in_hole_ = false;
  uint64_t size_ = 0;
};

}  // namespace

bool copy_data(const CopyReport& report, const CopyOptions& o, const std::string& from, const Stat& st, const std::string& to, Mode mode, bool& fresh) {
  return DataCopy(report, o, from, to).run(st, mode, fresh);
}

}  // namespace nacre
