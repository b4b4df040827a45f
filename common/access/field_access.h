// Which fields of a record a principal is shown, and which they may write.
#pragma once

#include "common/access/principal.h"
#include "common/record/kind_info.h"
#include "common/record/scope.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace trellis {

// Whether one of the kind's participant fields names the principal's account or staff id. Not the name:
// people choose what they are called.
bool IsParticipant(const Principal& principal, const KindInfo& kind,
                   const google::protobuf::Message& message);

// REQUIRES: Decide(principal, kRead, scope, kind) allowed it.
bool MaySeeField(const Principal& principal, const ScopeName& scope, const FieldInfo& field,
                 Relation relation);

// A change of a field one does not see would be blind. Creating a record needs no sight of it: fields that
// nobody is shown apart, everything may be given.
bool MayChangeField(const Principal& principal, const ScopeName& scope, const FieldInfo& field,
                    Relation relation);
bool MayGiveField(const Principal& principal, const FieldInfo& field);

// Clears every field the principal is not shown, unknown fields included (nothing says who may see them).
void ClearHiddenFields(const Principal& principal, const ScopeName& scope, const KindInfo& kind,
                       Relation relation, google::protobuf::Message* message);

}  // namespace trellis
