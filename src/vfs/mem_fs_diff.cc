#include "vfs/mem_fs_impl.h"
namespace nacre {
void MemFsImpl::diff(const State&, const State&, const std::string&, ChangeSet&) {}
}  // namespace nacre
