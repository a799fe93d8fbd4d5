/// NodeRecord: the form in which the store keeps an inode.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "vfs/stored_nodes.h"

namespace nacre {

constexpr uint64_t kIdsPerPage = 64, kPlacesPerPage = 128, kRefsPerPart = 512, kRefsInRecord = 64, kNamesInRecord = 128;

/// A chunk of a file: its row, and how many bytes it has. Row 0: a hole, or the host's.
struct ChunkRef {
  uint64_t row = 0;
  uint32_t length = 0;
};

struct NodeRecord {
  Inode inode;                       ///< `data` without content: a file's and a large directory's are in the fields below
  uint64_t size = 0;                 ///< of a file
  uint64_t counted = 0;              ///< FileData::held()
  uint64_t ref_count = 0;            ///< chunks; the references are here up to kRefsInRecord, else in parts
  std::vector<ChunkRef> refs;
  std::optional<HostBytes> host;     ///< what lacks below host_end is this file's
  uint64_t host_end = 0;
  int level = 0;                     ///< of a directory: 0: names are here; L: in 64^L buckets
  uint64_t name_count = 0;

  std::string encode() const;
  /// False: damaged.
  bool decode(NodeId id, std::string_view bytes);
};

void encode_links(ByteWriter& out, const std::vector<Link>& links);
bool decode_links(ByteReader& in, LinkMap& out);
void encode_ref(ByteWriter& out, const ChunkRef& ref);
ChunkRef decode_ref(ByteReader& in);

/// A page of records: (id, bytes)*.
using RecordPage = std::vector<std::pair<uint64_t, std::string>>;
std::string encode_page(const RecordPage& page);
bool decode_page(std::string_view bytes, RecordPage& out);

std::string encode_place(const HostPlace& p);
bool decode_place(std::string_view bytes, HostPlace& out);

}  // namespace nacre
