#include "vfs/lower_dir.h"

namespace nacre {

struct LowerDir::Shared {};
struct LowerDir::Facts {};

LowerDir::LowerDir(std::shared_ptr<HostDir>, uint32_t, uint32_t) {}
LowerDir::LowerDir(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
LowerDir::~LowerDir() = default;
const Inode* LowerDir::inode(NodeId) { return nullptr; }
Result<const Inode*> LowerDir::directory(NodeId) { return Errno::NOENT; }
std::string LowerDir::host_path(NodeId) { return {}; }
std::shared_ptr<LowerDir> LowerDir::refreshed() const { return nullptr; }

}  // namespace nacre
