"""Ways to say each action, in base form. `{p}` a thing, `{c}` somebody, `{e}` either, `{own}` the actor's `his`, `her` or `its`.

Knows English verbs and idioms. Does not know sentences. What no template of the vocabulary shows is `perform`.
"""

from __future__ import annotations

ACTION_PHRASES: dict[str, str] = {
    "walk": """
        walk; walk to {p}; go into {p}; trudge to {p}; walk up to {p}; go to {e}; stroll along; wander about; walk toward {e};
        step closer to {e}; amble along; trudge on; march up to {e}; approach {e};
        stride toward {e}; make {own} way to {e}; head for {e}; come up to {e}; shuffle toward {e}; limp along; saunter by; hobble to
        {e}; plod on; go over to {e}; move toward {e}; tramp along; waddle along; pace up and down; roam about; trot over to {e}; set
        out on foot; cross the floor; inch toward {e}; drift over to {e}; parade up and down; return to {e}; stomp over to {e}; walk
        past {e}; pass by; hike on; march off down the path; take a walk; take a few steps; go for a stroll; arrive; come closer;
        meander along; swagger over to {e}; stagger along; lumber toward {e}; tread carefully; near {e}; walk slowly up to {e}; mosey
        along; toddle to {e}
    """,
    "run": """
        run; run to {p}; run into {p}; dash toward {e}; sprint along; race across the grass; rush to {e}; gallop along; bolt;
        break into a run; hurry to {e};
        charge at {e}; tear down the path; jog along; scurry along; scamper to {e}; hasten toward {e}; run as fast as {own} legs can
        carry; pelt down the hill; take off running; come running; storm toward {e}; speed along; canter along; whiz by; dart to {e};
        scuttle along; bound along; barrel toward {e}; hurtle along; run in circles; run toward {e}; zip across the room; stampede
        along; make a dash for {e}; fly down the stairs on quick feet; zoom past; race to {e}; run up to {e}; go for a run; hotfoot it
        to {e}
    """,
    "sneak": """
        sneak along; sneak into {p}; creep into {p}; creep closer; tiptoe toward {e}; prowl about; sneak up on {c}; steal closer
        to {e}; slink along; creep up to {e};
        move without a sound; stalk {c}; pad softly toward {e}; slip quietly past; skulk about; edge closer to {e}; ghost past {c};
        sneak toward {e}; tiptoe past; go on tiptoe; lurk about; creep past {c}; steal past {c}
    """,
    "jump_over": """
        jump over {p}; leap over {p}; vault over {p}; hop over {p}; clear {p} in one bound; spring over {p}; bound over {p}; hurdle {p};
        sail over {p}; vault {p}; leap across {p}; jump clean over {p}; skip over {p}; fly over {p} in one leap; leapfrog {p};
        take {p} in one leap; soar over {p} with a single jump; jump across {p}
    """,
    "jump_onto": """
        jump onto {p}; leap onto {p}; hop onto {p}; jump on {p}; spring onto {p}; bound up onto {p}; leap up on {p}; pounce onto {p};
        hop up on {p}; land on top of {p} with one jump; vault onto {p}
    """,
    "jump_up": """
        jump; leap; hop; bounce; jump up and down; leap into the air; hop about; skip; bounce on the spot; spring up into the air; jump
        for joy; hop from foot to foot; skip rope; leap high; do a little jump; do a backflip; do a somersault; frolic; caper about;
        gambol; jump with both feet; turn a somersault; hop in place; jump out of {own} skin; do a flip
    """,
    "climb_over": """
        climb over {p}; clamber over {p}; scramble over {p}; crawl over {p}; haul {self} over {p}; get over {p} hand over hand; scale
        {p} and drop down behind it; heave {self} over {p}; struggle over {p}
    """,
    "climb_onto": """
        climb onto {p}; climb {p}; clamber up {p}; scramble onto {p}; climb up on {p}; scale {p}; mount {p}; shin up {p}; haul {self} up
        onto {p}; get up on {p}; pull {self} up onto {p}; step up onto {p}; ascend {p}; clamber onto {p}
    """,
    "fall": """
        fall; trip; stumble; collapse; fall down; tumble down; slip on the wet floor; keel over; fall flat on {own} face; crash to the
        ground; faint; topple over; lose {own} balance; slip and go down; slide down; sink to the ground; drop to the floor; trip over
        {p}; stumble over {p}; go head over heels; tumble off {p}; fall off {p}; pass out; crumple; hit the ground; land flat on {own}
        back; slip on a banana peel; crash into {p}; fall over {p}; take a tumble; go sprawling; stumble and fall; plunge down; roll
        down the slope; bump into {p} and go down
    """,
    "fly": """
        fly; land on {p}; fly over {p}; fly onto {p}; soar; glide; fly away over the roofs; flap {own} wings; swoop down; hover
        above {e}; circle overhead; take to the air;
        float up; flutter about; fly to {e}; take off into the sky; drift through the air; swoop over {e}; fly in circles; land on {p};
        alight on {p}; flit about; glide down to {e}; rise into the sky; spread {own} wings and go up; wheel overhead; flutter down onto
        {p}; fly toward {e}; settle on {p}
    """,
    "swim": """
        swim; paddle about; swim to {e}; dive into the water; splash about; swim across; float on {own} back; do the crawl; tread water;
        go for a swim; wade into the water; dive; plunge into the water; swim in circles; swim toward {e}; glide through the water;
        surface; snorkel
    """,
    "crawl": """
        crawl; crawl toward {e}; slither along; creep on all fours; wriggle along; crawl on hands and knees; inch along on {own} belly;
        slither toward {e}; worm {own} way to {e}; squirm along; drag {self} along the ground; crawl under {p}; go on all fours; slide
        along on {own} belly
    """,
    "turn": """
        turn around; turn; spin around; turn to {e}; whirl around; turn {own} back on {e}; spin; face {e}; wheel around; swivel around;
        pivot; twirl; turn toward {e}; turn on {own} heel; rotate; spin on the spot; turn away; twist around; do an about-face; spin
        like a top
    """,
    "enter": """
        enter; walk in; come in; appear; step inside; show up; burst in; come into view; storm in; enter the room; arrive at the door
        and come in; appear out of nowhere; step into the room; walk onto the stage; rush in; come through the door; emerge from the
        shadows; slip inside; barge in; stroll in; pop up; step out of the mist; materialize; make an entrance; walk into the house;
        turn up; come out of the dark; step onto the stage
    """,
    "leave": """
        leave; walk away; run away; depart; exit; go away; flee; escape; walk off; leave the room; run off; storm out; slip away;
        disappear into the dark; hurry off; scamper off; bolt out of the door; ride off; fade away; vanish; take {own} leave; go home;
        walk out; step outside; sneak off; make off; retreat; turn tail; head home; hop away; skip off; fly off; make a run for it;
        clear off; get out of there; take flight; march off; withdraw; crawl away; trot off
    """,
    "follow": """
        follow {c}; trail behind {c}; tag along behind {c}; go after {c}; walk behind {c}; shadow {c}; tail {c}; keep close behind {c};
        trot after {c}; come after {c}; track {c}; hurry after {c}
    """,
    "stand": """
        stand; wait; stay; pause; stop; stand still; freeze; come to a halt; stand guard; hesitate; stand by {p}; lean against {p}; wait
        by {p}; stand next to {e}; halt; stand motionless; hang around; linger; keep watch; stand on {p}; balance on one leg; stop in
        {own} tracks; remain where {they} {is}; hold still; stand in line; wait for {c}; keep still; stop dead; stand tall; block the
        way; do not move
    """,
    "sit": """
        sit down; sit; sit on {p}; take a seat; perch on {p}; sink into {p}; settle down on {p}; sit next to {e}; sit down on {p}; slump
        into {p}; plop down on {p}; sit cross-legged; take a seat on {p}; flop down on {p}; squat on {p}; sit beside {e}; curl up in
        {p}; sit by {p}; lower {self} onto {p}; rest on {p}; drop into {p}
    """,
    "stand_up": """
        stand up; get up; rise; rise to {own} feet; jump to {own} feet; get to {own} feet; wake up; get out of bed; scramble to {own}
        feet; straighten up; arise; spring to {own} feet; struggle up; pick {self} up; rise from {p}; get up from {p}; stagger to {own}
        feet; stand back up; wake; awake; sit up
    """,
    "kneel": """
        kneel; kneel down; crouch; squat; drop to {own} knees; get down on one knee; crouch beside {e}; kneel before {c}; kneel by {p};
        duck; fall to {own} knees; go down on one knee; stoop; hunker down; crouch down behind {p}; bend down; kneel in front of {c};
        genuflect
    """,
    "lie": """
        lie down; sleep; rest; lie on {p}; fall asleep; nap; doze; snooze; stretch out on {p}; take a nap; lie in {p}; doze off; snore;
        sprawl on {p}; slumber; lie flat; lie on {own} back; curl up on {p}; go to sleep; sleep on {p}; nod off; have a nap; dream;
        sleep under {p}; drift off; catch forty winks; lie down beside {e}; hibernate
    """,
    "hide": """
        hide; hide behind {p}; duck behind {p}; take cover; take cover behind {p}; hide under {p}; crouch out of sight; slip behind {p};
        conceal {self}; hide in {p}; disappear behind {p}; keep out of sight; go into hiding; shelter behind {p}; cower behind {p}; dive
        behind {p}; hide from {c}; lie low; squeeze behind {p}
    """,
    "look": """
        look at {e}; watch {e}; see {e}; stare at {e}; gaze at {e}; observe {e}; notice {e}; spot {e}; look around; glance at {e}; peer
        at {e}; look up; watch; study {c}; glare at {e}; eye {e}; examine {p}; inspect {p}; catch sight of {e}; discover {p}; find {p};
        look out of the window; keep an eye on {e}; scan the horizon; look up at the sky; peek at {e}; search the room; listen; take a
        look at {e}; look back; squint at {e}; look down; search for {p}; gape at {e}; watch the clouds; look over at {e}; look {c} in
        the eye; marvel at {e}; watch {c} closely; sniff at {e}; contemplate {e}; regard {e}; come upon {p}; admire {e}; glimpse {e};
        sniff the air; blink at {e}; look in the mirror; gawk at {e}; scowl at {c}; behold {e}; smell {p}; peep at {e}
    """,
    "wave": """
        wave; wave at {c}; wave goodbye; wave to {c}; wave {own} hand; wave both arms; give a wave; say goodbye with a wave; signal to
        {c}; beckon to {c}; raise a hand in greeting; salute; salute {c}; wave farewell; flag down {c}; raise {own} hand; lift a hand to
        greet {c}; wave hello; blow {c} a kiss; high-five {c}
    """,
    "nod": """
        nod; nod at {c}; agree; give a nod; nod slowly; nod {own} head; nod in agreement; bob {own} head; nod to {c}; give {c} a nod;
        say yes with a nod; wink at {c}; nod eagerly; dip {own} head; nod in time with the music
    """,
    "shake_head": """
        shake {own} head; refuse; shake {own} head at {c}; say no with a shake of the head; decline; disagree; wag {own} head; refuse
        with a shake of the head; shake {own} head in disbelief; reject the offer
    """,
    "point": """
        point at {e}; point to {e}; point; gesture toward {e}; point {own} finger at {e}; point out {e}; indicate {e}; aim a finger at
        {e}; point the way; gesture; show {c} the way; motion toward {e}; jab a finger at {e}; point up; direct {c} to {p}
    """,
    "bow": """
        bow; bow to {c}; take a bow; bow deeply; make a deep bow; curtsy; bow {own} head; curtsy to {c}; bow low; bow before {c}; drop a
        curtsy; incline {own} head; bend in a bow; pay respect to {c} with a bow
    """,
    "cheer": """
        cheer; celebrate; laugh; smile; smile at {c}; laugh at {c}; giggle; grin; chuckle; burst out laughing; rejoice; beam; raise both
        arms in triumph; pump {own} fist; cheer for {c}; grin at {c}; roar with laughter; throw up {own} arms in joy; crack up; snicker;
        break into a smile; shout hooray; whoop; beam at {c}; laugh out loud; smile from ear to ear; exult; cackle; chortle; titter;
        give a broad smile; root for {c}; win; laugh heartily; smirk
    """,
    "cry": """
        cry; weep; sob; burst into tears; shed a tear; bawl; break down in tears; whimper; wail; cry {own} eyes out; sniffle; wipe away
        a tear; tear up; blubber; sob into {own} hands; howl with grief; mourn; cry softly; break down; let the tears flow; lament
    """,
    "shrug": """
        shrug; shrug {own} shoulders; give a shrug; throw up {own} hands; shrug at {c}; sigh; sigh deeply; lift {own} shoulders; spread
        {own} hands; heave a sigh; let out a sigh
    """,
    "clap": """
        clap; applaud; clap {own} hands; applaud {c}; give {c} a round of applause; clap along; clap for {c}; give a round of applause;
        slap {own} paws together; clap wildly; put {own} hands together for {c}
    """,
    "pray": """
        pray; say a prayer; fold {own} hands in prayer; hope; pray for rain; meditate; whisper a prayer; join {own} palms; beg for
        mercy; plead; beg; clasp {own} hands; give thanks; chant a prayer; make a wish
    """,
    "think": """
        think; wonder; ponder; think hard; scratch {own} head; think it over; rub {own} chin; mull it over; reflect; be lost in thought;
        remember; frown in thought; rack {own} brain; daydream; consider what to do; think of home; muse; worry; puzzle over {p}; recall
        the old days; brood; rub {own} temples; stroke {own} beard
    """,
    "pick_up": """
        pick up {p}; take {p}; grab {p}; lift {p}; hold {p}; catch {p}; seize {p}; snatch {p}; pick {p} up; raise {p}; gather up {p};
        reach for {p}; clutch {p}; scoop up {p}; collect {p}; lay hands on {p}; draw {p}; steal {p}; carry {p}; fetch {p}; grasp {p};
        take hold of {p}; pluck {p}; hoist {p}; pocket {p}; lift {p} up high; help {self} to {p}; pull out {p}; get hold of {p}; swipe
        {p}; retrieve {p}; bring {p}; unsheathe {p}; take out {p}; hold {p} up; grip {p}; cradle {p}; receive {p}; accept {p}; nab {p};
        whip out {p}; gather {p}; dig up {p}
    """,
    "put_down": """
        put down {p}; put {p} on the ground; place {p} on the floor; drop {p}; lay {p} down; set {p} down; set down {p}; let go of {p};
        lower {p}; leave {p} on the ground; release {p}; deposit {p}; put {p} away; let {p} fall; throw down {p}; bury {p}; unload {p};
        put {p} aside; plant {p}; rest {p} on the grass; hang up {p}
    """,
    "push": """
        push {e}; shove {e}; roll {p}; push {p} aside; press against {p}; heave {p} forward; nudge {e}; bump {e}; push against {p}; roll
        {p} away; slide {p} across the floor; ram {p}; thrust {p} aside; knock over {p}; topple {p}; elbow {c}; tip over {p}; shove {p}
        out of the way; butt {e}; jostle {c}; shoulder {p} aside; push over {p}; tackle {c}; wheel {p} along; sweep {p} aside; upset {p}
    """,
    "pull": """
        pull {e}; drag {e}; tug at {p}; haul {p}; tow {p}; pull on {p}; drag {p} along; heave at {p}; yank {p}; pull {c} away; lug {p};
        tug on {p}; wrench at {p}; pull at {p}; haul in {p}; help {c} up; jerk {p}; reel in {p}; drag {c} away
    """,
    "open": """
        open {p}; open {p}; open {p}; unlock {p}; pull {p} open; throw open {p}; pry open {p}; lift the lid of {p}; unwrap {p};
        fling {p} open; push open
        {p}; unseal {p}; tear open {p}; open up {p}; uncork {p}; swing {p} open; break open {p}; force {p} open; unlatch {p}; crack open
        {p}
    """,
    "close": """
        close {p}; shut {p}; slam {p}; lock {p}; bang {p} shut; pull {p} shut; close up {p}; seal {p}; bolt {p}; push {p} shut; slam {p}
        shut; shut {p} with a bang; bar {p}; latch {p}; ease {p} shut
    """,
    "give": """
        give {c} {p}; hand {c} {p}; offer {c} {p}; give {p} to {c}; hand {p} to {c}; offer {p} to {c}; pass {p} to {c}; present {c} with
        {p}; hand over {p} to {c}; hold out {p} to {c}; slip {c} {p}; bring {c} {p}; pass {c} {p}; deliver {p} to {c}; lend {c} {p};
        feed {c}; show {c} {p}; award {c} {p}; return {p} to {c}; serve {c}; pay {c}; extend {p} to {c}; share {p} with {c}; trade {p}
        with {c}; entrust {c} with {p}; sell {p} to {c}
    """,
    "throw": """
        throw {p}; toss {p}; fling {p}; throw {p} at {e}; hurl {p}; toss {p} to {c}; lob {p}; cast {p} away; chuck {p}; pitch {p}; throw
        {p} to {c}; hurl {p} at {e}; fling {p} away; sling {p}; throw {p} into the air; shoot at {e}; toss {p} into the water; launch
        {p}; flick {p} away; fire at {e}; throw away {p}; juggle three balls; catapult {p}; heave {p} at {e}; bowl {p}
    """,
    "kick": """
        kick {e}; kick {p} away; boot {p}; give {p} a kick; kick at {e}; kick {p} to {c}; punt {p}; dribble {p}; kick {p} hard; stamp on
        {p}; kick down {p}; kick over {p}; pass {p} with {own} foot; stomp on {p}; trample {p}
    """,
    "touch": """
        touch {e}; pat {c}; pet {c}; stroke {c}; knock on {p}; knock; tap {c} on the shoulder; tap {p}; press the button; rub {p}; ring
        the bell; caress {c}; feel {p}; lick {c}; poke {e}; scratch {c} behind the ears; tickle {c}; wipe {p}; run a hand over {p};
        polish {p}; nuzzle {c}; comfort {c}; brush {c}; ruffle {c}'s hair; fix {p}; repair {p}; rap on {p}; prod {e}; wash {p}; dust
        {p}; bandage {c}; pat {c} on the back; scrub {p}; groom {c}; finger {p}; clean {p}; put a hand on {p}; light {p}; tie up {c};
        mend {p}; lay a hand on {c}; adjust {p}; squeeze {p}; stroke {p}
    """,
    "eat": """
        eat; eat {p}; bite into {p}; munch; nibble at {p}; gobble up {p}; chew; devour {p}; have lunch; feast; have breakfast; munch on
        {p}; gulp down {p}; take a bite of {p}; dine; taste {p}; swallow {p}; eat dinner; wolf down {p}; gnaw at {p}; graze; snack on
        {p}; nibble; crunch on {p}; have a bite to eat; peck at {p}; eat a bowl of rice; slurp noodles; eat cake; lick {p}; chew on {p};
        eat an ice cream; sample {p}
    """,
    "drink": """
        drink; drink from {p}; sip tea; take a sip; sip from {p}; gulp water; drink some water; have a drink; empty {p}; lap up milk;
        slurp; quench {own} thirst; drain {p}; guzzle lemonade; take a drink from {p}; sip a coffee; swig from {p}; sip; down {p}; toast
        with {p}
    """,
    "read": """
        read; read {p}; study {p}; leaf through {p}; pore over {p}; read aloud; read from {p}; flip through {p}; read the news; bury
        {own} nose in {p}; browse through {p}; scan {p}; read a story; peruse {p}; look through {p}; thumb through {p}; decipher {p};
        consult {p}; skim {p}
    """,
    "write": """
        write; write in {p}; draw; paint; sign {p}; scribble in {p}; sketch; write a letter; paint a picture; draw in the sand; jot down
        a note; take notes; carve {own} name into {p}; write on {p}; type; doodle; paint {p}; sketch {c}; draw a circle; write a poem;
        trace a line; scrawl on {p}; compose a song; paint a portrait of {c}
    """,
    "ride": """
        ride; ride {p}; drive {p}; drive; ride a horse; ride along; ride {p} down the hill; ride past; pedal along; cycle along; drive
        off in {p}; sail {p}; row {p}; steer {p}; surf; skate along; ski down the slope; sail along; drive down the road; sail past;
        ride a bicycle; gallop past on a horse; row across; pilot {p}; cruise along; sled down the hill; skate across the ice; pedal
        past; ride on {p}
    """,
    "talk": """
        talk; talk to {c}; speak; speak to {c}; shout; shout at {c}; whisper to {c}; call {c}; ask {c}; answer {c}; sing; sing a song;
        tell {c} a story; chat with {c}; say hello; scream; yell at {c}; bark; howl; roar; growl at {c}; mutter; argue with {c};
        explain; call out; meow; hiss at {c}; reply; cry out; greet {c} loudly; murmur; announce the news; tell a joke; complain; teach
        {c}; thank {c}; scold {c}; shriek; recite a poem; hum; order {c} about; whistle; invite {c}; apologize; snarl; growl; bark at
        {c}; chirp; beg {c} for help; discuss the plan with {c}; sing to {c}; give a speech; tell {c} the truth; warn {c}; call for
        help; hoot; interrupt {c}; croak; purr; quack; order a coffee; swear; say something; make a phone call; ask for help;
        congratulate {c}; quarrel with {c}; bellow; gossip with {c}; question {c}
    """,
    "hug": """
        hug {c}; embrace {c}; throw {own} arms around {c}; hold {c} tight; cuddle {c}; give {c} a hug; take {c} in {own} arms; squeeze
        {c}; wrap {own} arms around {c}; fall into {c}'s arms; snuggle up to {c}; hold {c} close; cling to {c}; hug {c} tightly
    """,
    "fight": """
        fight {c}; attack {c}; hit {c}; punch {c}; duel with {c}; battle {c}; fight with {c}; strike {c}; wrestle with {c}; cross swords
        with {c}; slap {c}; swing at {c}; clash with {c}; lash out at {c}; fight; box with {c}; beat {c}; stab at {c}; lunge at {c};
        spar with {c}; charge into battle; slash at {c}; exchange blows with {c}; pounce on {c}; knock {c} out; defeat {c}; trade
        punches with {c}; bite {c}; struggle with {c}; grapple with {c}; fence with {c}; come to blows with {c}; chop at {p}; hit {p};
        smash {p}; hack at {p}
    """,
    "chase": """
        chase {c}; pursue {c}; hunt {c}; run after {c}; race after {c}; chase after {c}; give chase to {c}; go tearing after {c}; hound
        {c}; hunt down {c}; charge after {c}; sprint after {c}; dash after {c}; rush after {c}
    """,
    "dance": """
        dance; dance with {c}; waltz; twirl to the music; dance a jig; do a little dance; sway to the music; waltz with {c}; tap-dance;
        dance around {p}; boogie; jive; spin in a dance; shake {own} hips; pirouette; dance on {p}; do the tango with {c}; prance about;
        swing to the beat; break-dance; dance cheek to cheek with {c}
    """,
    "shake_hands": """
        shake hands with {c}; greet {c}; meet {c}; shake {c}'s hand; give {c} a handshake; welcome {c}; clasp {c}'s hand; offer {c} a
        handshake; shake {c} by the hand; introduce {self} to {c}; take {c} by the hand; run into {c}
    """,
    "kiss": """
        kiss {c}; give {c} a kiss; kiss {c} on the cheek; kiss {c} on the forehead; peck {c} on the cheek; plant a kiss on {c}'s cheek;
        kiss {c} goodnight; press {own} lips to {c}'s hand; kiss {c}'s hand
    """,
    "perform": """
        play the piano; cook soup; knit; bake a cake; sneeze; yawn; shiver; wash {own} hands; comb {own} hair; tie {own} shoes; chop
        wood; sweep the floor; build a sandcastle; play the violin; cast a spell; stir the pot; blow a bubble; light a match; rake the
        leaves; put on {own} coat; close {own} eyes; water the plants; brush {own} teeth; play chess; dig a hole; pour tea; play cards;
        make a snowman; fold the laundry; sew; hammer a nail; milk the cow; count the stars; play a tune on the flute; wag {own} tail;
        stretch {own} legs; lick {own} paws; mop the floor; tremble; breathe fire; fly a kite; wash the dishes; shake off the snow; iron
        a shirt; strum a guitar; blow out the candle; put on a mask; tune the radio; play with {p}; practice {own} kicks; take off {own}
        hat; type a code; make pizza; flex {own} muscles; bake bread; stretch; fish; peel potatoes; carve a pumpkin; do magic; check
        {own} watch; turn on the radio; brew a potion; rub {own} eyes; spin a web; cough; sharpen {own} claws; roll up {own} sleeves;
        gasp; change color; melt; shine; glow; grow; hiccup; pack {own} bags; conduct the orchestra; plough the field; decorate the
        cake; lay an egg; shave; clench {own} fists; blow {own} nose; beat the drum; set the table; train hard; hold {own} breath; take
        a photo; ring out the laundry; work; do push-ups; make coffee; blush; cut the grass; fold {own} arms; cross {own} arms; stick
        out {own} tongue; catch {own} breath; scratch {own} nose; bite {own} lip; play; wash; shoot an arrow; wait tables; gnash {own}
        teeth
    """,
}

VERB_PASTS = """
    run ran, go went, come came, see saw, sit sat, stand stood, fall fell, fly flew, swim swam, creep crept, hold held, take took,
    catch caught, give gave, throw threw, eat ate, drink drank, write wrote, draw drew, ride rode, drive drove, say said, speak spoke,
    tell told, sing sang, fight fought, hit hit, hide hid, sleep slept, lie lay, leave left, kneel knelt, think thought, weep wept,
    meet met, find found, wake woke, awake awoke, break broke, grow grew, keep kept, lose lost, make made, rise rose, arise arose,
    shake shook, spin spun, sweep swept, build built, bring brought, cut cut, dig dug, feel felt, get got, light lit, steal stole,
    strike struck, swing swung, teach taught, tear tore, win won, bite bit, flee fled, spring sprang, slide slid, put put, read read,
    set set, let let, shut shut, lay laid, shoot shot, sell sold, lend lent, pay paid, blow blew, do did, have had, be was, burst
    burst, cling clung, fling flung, sling slung, slink slunk, sink sank, cast cast, beat beat, bend bent, stick stuck, swear swore,
    shine shone, tread trod, sew sewed, speed sped, wring wrung, upset upset, feed fed, behold beheld, show showed, spread spread,
    begin began, hang hung, lead led, hear heard, know knew, send sent, split split, buy bought, lean leaned, ring rang, plead
    pleaded, shed shed, hurt hurt
"""
"""Verbs whose past is irregular: base and past."""
PARTICIPLES = """
    run run, come come, see seen, take taken, give given, throw thrown, eat eaten, drink drunk, write written, draw drawn, ride
    ridden, drive driven, hide hidden, break broken, shake shaken, steal stolen, bite bitten, wake woken, beat beaten, tear torn,
    strike struck, lead led, show shown, swing swung, sink sunk, sing sung, spring sprung, fly flown, swim swum, fall fallen, go gone,
    rise risen, grow grown, blow blown, speak spoken, lie lain, do done, be been, become become, begin begun, get got
"""
"""Verbs whose participle is not their past."""
PASSIVE: dict[str, str] = {
    "chase": "chase; pursue; hunt; hound",
    "fight": "attack; hit; punch; strike; bite; defeat; beat",
    "hug": "hug; embrace; cuddle",
    "kiss": "kiss",
    "push": "push; shove; bump; nudge; knock over",
    "pull": "pull away; drag away",
    "kick": "kick",
    "look": "watch; observe; see; notice; spot; inspect",
    "pick_up": "pick up; lift; seize; grab; steal; catch; take",
    "open": "open; unlock; throw open",
    "close": "close; shut; slam; lock",
    "throw": "throw; toss away; hurl",
    "eat": "eat; devour; swallow; gobble up",
    "read": "read; study",
    "follow": "follow; shadow; tail",
    "touch": "touch; pet; stroke; tickle; lick",
    "push.": "roll away; push aside; topple",
    "talk": "scold; call; greet; warn",
}
"""Verbs that stand well in the passive; `push.` is for things."""
