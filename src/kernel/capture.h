/// Capture: collects what is written to a descriptor, for `$(...)`. A pipe with
/// a patient reader: it looks when every writer has closed.
#pragma once
#include <string>

#include "kernel/file.h"
#include "kernel/scheduler.h"

namespace nacre {

struct Capture : RefCounted {
  std::string bytes;
  bool closed = false;
  WaitQueue changed;
};

class CaptureFile : public File {
 public:
  explicit CaptureFile(Ref<Capture> capture) : File(kOpenWrite), capture_(std::move(capture)) {}
  ~CaptureFile() override {
    capture_->closed = true;
    capture_->changed.notify_all();
  }
  Result<size_t> read(Process&, std::span<char>) override { return Errno::BADF; }
  Result<size_t> write(Process& p, std::string_view data) override;
  Result<Stat> stat() override;
  std::string description() const override { return "pipe:[2]"; }

 private:
  Ref<Capture> capture_;
};

}  // namespace nacre
