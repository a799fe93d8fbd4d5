/// node: what expressions of yq work on: a tree that knows where it came from and how it was
/// written, changed in place.
///
/// Ownership: a Tree owns all nodes made while documents are worked on; pointers between nodes
/// are borrowed, and nothing is freed before the Tree. Lifetimes need no thought that way:
/// a node that was deleted from its parent may still be a result.
/// Source: mikefarah yq v4, "CandidateNode".
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nacre::yq {

enum class Kind : uint8_t { Scalar, Map, Seq, Alias };
enum class Style : uint8_t { Plain, Single, Double, Literal, Folded, Flow };

/// Lines of text with their '#', separated by newlines.
struct Comments {
  std::string head, line, foot;
  std::string leading;      ///< of a document: what stands above it, as it was written
  bool empty() const { return head.empty() && line.empty() && foot.empty() && leading.empty(); }
};

struct Node {
  Kind kind = Kind::Scalar;
  Style style = Style::Plain;
  bool tagged = false;        ///< the tag is written out
  bool is_key = false;
  bool together = false;      ///< of eval-all: operators see all documents at once
  bool absent = false;        ///< not in its parent yet; an assignment puts it there
  bool separated = false;     ///< a document that began with ---
  bool cdata = false;         ///< of XML
  uint32_t doc = 0, file = 0; ///< indices
  uint32_t line = 0, column = 0;   ///< from 1; 0: made by an expression
  uint32_t hint = 0;          ///< where it probably is in its parent's content
  std::string tag;            ///< "!!str" and so on; never empty once read
  std::string value;          ///< of scalars; the name of an alias
  std::string anchor;
  std::vector<Node*> content; ///< of maps: keys and values in turn
  Node* alias = nullptr;      ///< what an alias stands for
  Node* parent = nullptr;
  Node* key = nullptr;        ///< of a value in a map, or of an item that is not there yet
  std::unique_ptr<Comments> comments;

  bool scalar() const { return kind == Kind::Scalar; }
  bool map() const { return kind == Kind::Map; }
  bool seq() const { return kind == Kind::Seq; }
  bool null() const { return scalar() && tag == "!!null"; }
  bool number() const { return scalar() && (tag == "!!int" || tag == "!!float"); }
  bool str() const { return scalar() && tag == "!!str"; }
  bool truthy() const;
  const std::string& head() const { return comments ? comments->head : none(); }
  const std::string& line_comment() const { return comments ? comments->line : none(); }
  const std::string& foot() const { return comments ? comments->foot : none(); }
  const std::string& leading() const { return comments ? comments->leading : none(); }
  Comments& note() {
    if (!comments) comments = std::make_unique<Comments>();
    return *comments;
  }
  /// Index of a child; npos when it is none.
  size_t index_of(const Node* child) const;
  static const std::string& none();
};

using List = std::vector<Node*>;

class Tree {
 public:
  Node* make();
  Node* scalar(std::string_view tag, std::string_view value);
  Node* text(std::string_view value) { return scalar("!!str", value); }
  Node* boolean(bool b) { return scalar("!!bool", b ? "true" : "false"); }
  Node* integer(int64_t n) { return scalar("!!int", std::to_string(n)); }
  Node* null() { return scalar("!!null", "null"); }
  Node* map();
  Node* seq();
  /// A deep copy, without parent. Aliases within point at the copies of what they stood for.
  Node* copy(const Node* n);
  size_t size() const { return made_; }
  void clear();

 private:
  Node* copy_node(const Node* n, std::vector<std::pair<const Node*, Node*>>& anchors);
  static constexpr size_t kChunk = 64;
  std::vector<std::unique_ptr<Node[]>> chunks_;
  size_t left_ = 0, made_ = 0;
};

/// What an alias stands for in the end.
inline Node* real(Node* n) {
  while (n->kind == Kind::Alias && n->alias) n = n->alias;
  return n;
}
inline const Node* real(const Node* n) { return real(const_cast<Node*>(n)); }

/// Puts children into a parent, which they then know.
void append(Node* seq, Node* item);
void append(Node* map, Node* key, Node* value);
void insert(Node* parent, size_t at, Node* child);
/// Takes all children of `from`.
void adopt(Node* parent, List children);
/// Value by key; null when there is none.
Node* find(const Node* map, std::string_view key);
/// Whether two values are the same, however they are written.
bool equal(const Node* a, const Node* b);
/// The root of the document a node is in.
Node* root_of(Node* n);
/// Position among the items of its parent; npos when it is in none.
size_t position(const Node* n);

/// The tag of a plain scalar by the core schema as go-yaml has it.
std::string_view resolve(std::string_view value);
/// "!!str" for "tag:yaml.org,2002:str".
std::string short_tag(std::string_view tag);
/// Number of an !!int or !!float; false when it is none that fits.
bool to_int(std::string_view text, int64_t& out);
bool to_double(std::string_view text, double& out);
/// As Go's %v and JSON print it.
std::string format_double(double d);
/// Whether text matches a pattern of * and ?.
bool wildcard(std::string_view text, std::string_view pattern);

}  // namespace nacre::yq
