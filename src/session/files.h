/// Files of a sandbox seen from outside, as its user, over the Vfs.
#pragma once
#include "nacre/sandbox.h"
#include "vfs/vfs.h"

namespace nacre {

class VfsFiles : public Files {
 public:
  VfsFiles(Vfs*& vfs, const Credentials& who) : vfs_(vfs), who_(who) {}
  Expected<std::string> read(const std::string& path) override;
  Expected<bool> write(const std::string& path, std::string_view content, uint32_t mode) override;
  Expected<bool> remove(const std::string& path) override;
  Expected<bool> make_dir(const std::string& path) override;
  bool exists(const std::string& path) override;
  Expected<std::vector<std::string>> list(const std::string& path) override;

 private:
  PathContext context() const { return {&who_, vfs_->root(), 022}; }
  Vfs*& vfs_;
  Credentials who_;
};

/// "read /x: No such file or directory", code "fs.ENOENT".
Error file_error(const char* what, const std::string& path, Errno e);

}  // namespace nacre
