/// yaml_comments: which node a comment belongs to. The events of YAML do not have comments, so
/// they are looked for between the scalars and brackets of a document.
/// Source: the rules of go-yaml v3 for head, line and foot comments.
#pragma once
#include <string_view>
#include <vector>

#include "commands/yq/node.h"

namespace nacre::yq {

/// A piece of the text that holds no comment of its own, in order.
struct Token {
  enum class Type : uint8_t { Scalar, Open, Close } type;
  size_t begin, end;   ///< bytes
  Node* node;
};

/// Gives the comments of text[from, to) to the nodes below root, and sets Comments::foot of root
/// for what stands at the end.
void attach_comments(std::string_view text, size_t from, size_t to, const std::vector<Token>& tokens, Node* root);

}  // namespace nacre::yq
