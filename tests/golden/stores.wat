;; 181 bytes of code, made from 12 bytes
(func $at_0100 (;4;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64) (local i32 i32)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 269
  i32.le_s
  local.get $wst
  i32.const 3
  i32.sub
  i32.const 252
  i32.gt_u
  i32.or
  if ;; label = @1
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 16777216
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  i32.const 0
  i32.const 18
  i32.store8 offset=65805
  i32.const 0
  i32.load8_u offset=65568
  i32.const 8
  i32.shl
  local.set 5
  local.get 5
  i32.const 0
  i32.load8_u offset=65569
  i32.or
  local.set 6
  local.get 6
  i32.load8_u offset=131072
  i32.const 128
  i32.and
  if ;; label = @1
    local.get $wst
    i32.const 52
    i32.store8 offset=197120
    local.get $wst
    local.get 6
    i32.store16 offset=197118 align=1
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 17497344
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  local.get 6
  i32.const 52
  i32.store8 offset=65536
  local.get $wst
  i32.const 52
  i32.store8 offset=197120
  local.get $wst
  local.get 6
  i32.store16 offset=197118 align=1
  local.get $fuel
  i64.extend_i32_u
  i64.const 32
  i64.shl
  local.get $free
  i32.const 17563648
  i32.add
  i64.extend_i32_u
  i64.or
  return
  unreachable
)
